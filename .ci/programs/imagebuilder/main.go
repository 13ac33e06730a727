// Prints what the library of OpenShift's builder takes as the base of each stage of a Dockerfile, so that our own reader can
// be compared with it: one request as JSON on each line of stdin, one answer as JSON on each line of stdout.
package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"strings"

	"github.com/openshift/imagebuilder"
)

type request struct {
	Dockerfile string `json:"dockerfile"`
	// What a BuildConfig gives.
	Args map[string]string `json:"args"`
	// What the builder knows by itself, such as TARGETARCH.
	Builtin map[string]string `json:"builtin"`
}

type stage struct {
	Name     string `json:"name"`
	Image    string `json:"image"`
	Platform string `json:"platform,omitempty"`
}

type answer struct {
	Stages []stage `json:"stages"`
	Error  string  `json:"error,omitempty"`
}

func stagesOf(asked request) ([]stage, error) {
	node, err := imagebuilder.ParseDockerfile(strings.NewReader(asked.Dockerfile))
	if err != nil {
		return nil, err
	}
	builder := imagebuilder.NewBuilder(asked.Args)
	maps.Copy(builder.BuiltinArgDefaults, asked.Builtin)
	stages, err := imagebuilder.NewStages(node, builder)
	if err != nil {
		return nil, err
	}
	found := make([]stage, 0, len(stages))
	for _, each := range stages {
		maps.Copy(each.Builder.BuiltinArgDefaults, asked.Builtin)
		image, err := each.Builder.From(each.Node)
		if err != nil {
			return nil, err
		}
		found = append(found, stage{Name: each.Name, Image: image, Platform: each.Builder.Platform})
	}
	return found, nil
}

func main() {
	requests := json.NewDecoder(os.Stdin)
	answers := json.NewEncoder(os.Stdout)
	for requests.More() {
		var asked request
		if err := requests.Decode(&asked); err != nil {
			fmt.Fprintln(os.Stderr, "dockerfile-bases: expected JSON with dockerfile, args and builtin:", err)
			os.Exit(2)
		}
		found, err := stagesOf(asked)
		reply := answer{Stages: found}
		if err != nil {
			reply = answer{Stages: []stage{}, Error: err.Error()}
		}
		if err := answers.Encode(reply); err != nil {
			os.Exit(1)
		}
	}
}
