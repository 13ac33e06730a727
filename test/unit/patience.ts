// A unit test takes milliseconds; where a disk or a CPU was busy, a few took longer than jest's own limit of 5 s.
jest.setTimeout(30_000);
