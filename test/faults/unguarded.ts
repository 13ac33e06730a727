/** Tests of which nothing of the program's own can be taken out so that they fail, and what they rely on instead. */
export const unguarded: readonly {
    /** Words that are in the full names of the tests. */
    readonly test: string;
    readonly reliesOn: string;
}[] = [
    {
        test: "a registry in trouble registry: three answers 500",
        reliesOn: "regctl repeats each request by itself",
    },
    {
        test: "a registry in trouble registry: 429",
        reliesOn: "regctl waits as it is told, and repeats the request",
    },
    {
        test: "a registry in trouble registry: drops the connection",
        reliesOn: "regctl repeats each request by itself",
    },
    {
        test: "a registry in trouble registry: every push takes a second longer",
        reliesOn: "regctl has no limit for an answer that comes",
    },
    {
        test: "the internal registry down while images are pushed to it",
        reliesOn: "OpenShift's builder repeats a push for longer than that",
    },
    {
        test: "ImageStream deleted during the builds",
        reliesOn: "OpenShift's registry makes the ImageStream again at the push",
    },
    {
        test: "does not need a tag of the ImageStream",
        reliesOn: "OpenShift makes the tag again at the push; what is copied is named by digest",
    },
    {
        test: "whose openshift-controller-manager is restarted",
        reliesOn: "OpenShift's controllers go on where they were",
    },
    {
        test: "the only arm64 node restarted while it builds",
        reliesOn: "containers outlive the kubelet and containerd; a lost build would be repeated",
    },
    {
        test: "the runner that follows the publisher",
        reliesOn: "Pulumi has noted the builds, and the Job goes on by itself",
    },
    {
        test: "that cannot be decrypted",
        reliesOn: "Pulumi decrypts before it runs the program",
    },
    {
        test: "leaves nothing but what is published",
        reliesOn: "Kubernetes deletes what objects own; no resource stands for what is published",
    },
    {
        test: "who destroys while a build runs",
        reliesOn: "Kubernetes deletes what objects own; no resource stands for what is published",
    },
];
