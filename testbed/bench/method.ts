/** How it is measured: the part of docs/performance.md that no number changes. */
export const method = `## How it is measured

\`npm run bench\` measures on the sandbox ([../testbed/sandbox/README.md](../testbed/sandbox/README.md)): a real OpenShift on one machine,
on which builds, registries, both nodes and Pulumi share the CPUs. What runs in an arm64 image is emulated, the nodes' own
programs and OpenShift's builder with its git are not. The sandbox's kubelets measure cgroups each minute and its programs
collect garbage less often than by default ([why](../testbed/sandbox/README.md)). In each round, every side does its work once, one
after the other on the same cluster; who is first changes from round to round. While a side works, only its own services
run: those of the other are scaled to nothing, as their pods are no cost of it; but with layers both run, as their images
are removed from the disk after each round, and where nothing changes they are left as they are. Before each side the bench
waits, for a minute at most, until no pod of the bed comes or goes and no more than three tenths of the CPUs' time are in
use: what one side leaves to be cleared up would count as the next one's time. Cases that were measured at a commit before
\`9c67128\` ("Measured by", above) had kubelets and collectors by default, both sides' services running, and no wait. Each round
commits another \`VERSION\`, and each build of a case with a layer makes that layer anew of random bytes: nothing comes
from a cache on any side. Values are medians over the rounds. Times are seconds if nothing else is said.

- **seed**: the script of the seed's guide ("Complete Build Pipeline"), command for command, from the first
  \`oc start-build --wait\` to the end of \`oc rollout status\`; for 13 services once for each, one after the other. What the
  guide sets up once is not counted. Its manifests are the guide's file, with these differences: names, namespace, Git
  repository and destination; a nodeSelector on each BuildConfig, without which images are of the wrong architecture; a
  pull Secret on them, without which the sandbox gives no base image; no trigger, which would build on creation; in the Job,
  \`buildah login\` with its flags first, as it fails the guide's way ("too many arguments"), and a nodeSelector for amd64,
  as the program's has; the rights to pull and to be privileged bound beforehand. Its Deployment equals the program's (replicas, probes, resources, ConfigMap),
  except that it names \`:latest\`, always pulls, and has Kubernetes' own strategy (no \`maxSurge\`), as the guide's does; its BuildConfigs
  name no \`imageOptimizationPolicy\`, like the guide's; the guide's own Deployment waits for five seconds before its
  first probe, which would count against the seed. On both sides, a pod of the one service is asked each second whether it is
  ready; of 13 services until its first answer, then every ten seconds, as 52 pods that are asked each second take a fifth
  of the sandbox's CPUs. Limits are the guide's; requests are smaller on both sides, as 26
  services would not fit into the sandbox's CPUs with the guide's.
- **program**: \`pulumi up --yes --skip-preview --non-interactive\` on a stack of the same services, from the start of the process to its
  exit, with a local backend. Start-up, looking at the Git server and the cluster, and reading back are all in it.
- **floor**: what no tool on this cluster could do without. The program's own builds of that round: of one service the
  slowest, from the moment that its Build runs until it is complete; of several, from the first one's start to the last
  one's end. Then a plain \`regctl image copy\` of both images, side by side, from the internal registry to a repository
  that has nothing yet. Then one rollout: the program's own, from the new specification of the Deployment until all
  its pods are new and available, including their pull.
- **overhead**: program less floor. Pending time of builds, the publisher's start and its tags are in it. The program
  copies one image while the other still builds; the floor does not. So overhead can be less than what the program
  really spends on itself by at most the faster image's copy.
- **publishing**: of the seed, its Job from \`oc delete job\` to the end of \`oc wait\`; of the program, from the moment that the
  last image begins to be copied (or its build is complete, if that is earlier) to the new specification of the
  Deployment, reading the list back included. The copies of faster builds are over by then.
- **overhead, memory and state of each further service**: that of 13 services less that of one, divided by 12. As the program works on the same CPUs as
  the builds, what it uses while they run makes them slower, and counts as theirs.
- **memory**: at most twice a second, and for a fiftieth of the time, the sum of PSS (\`/proc/PID/smaps_rollup\`) of Pulumi and everything that it started, known by
  a variable in the environment; the highest. This is done during the measured runs, and slows the program, not the seed.
- **state**: \`pulumi stack export\` as compact JSON.
- **nothing changed**: \`pulumi up\` and \`pulumi preview\` on the stack, and on a bare program in JavaScript
  (\`bench/bare\`) of as many ConfigMaps as the stack has resources that are neither components nor providers.
- **one of 13**: the last service has a Git repository of its own, and only that gets a commit; a run that builds anything
  else fails.

Times within a run are those at which a watch of the API told of a change. OpenShift tells the length of a build's stages in
milliseconds, their start in seconds only: the time line has each from the middle of that second.

\`npm run bench -- --quick\` measures the small cases once; \`--cases one,fleet --rounds fleet=3,one=5\` chooses; \`--draw\` only
writes this file and the charts again.
`;
