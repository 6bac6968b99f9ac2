"""The crash harness: an independent client that looks for lost, doubled and half-done writes. See deploy/crash-test."""
