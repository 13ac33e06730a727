#!/bin/sh
# install.sh: installs the packages of the program and of the policy pack, exactly as their lock files say.
set -eu
cd "$(dirname "$0")/.."
npm ci --no-progress
cd policy
npm ci --no-progress
