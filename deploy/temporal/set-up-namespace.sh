#!/bin/sh
# Creates the namespace and registers Quaestor's search attributes (contracts/workflows.ts, SEARCH_ATTRIBUTES).
# Safe to run at every start. Needs TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE, which the temporal command reads by itself.
set -eu

# Tries a command once a second, at most 60 times; the server needs some seconds to start and to see a new namespace.
retry() {
  attempt=1
  until output=$("$@" 2>&1); do
    if [ "$attempt" -ge 60 ]; then
      echo "Gave up on: $*" >&2
      echo "$output" >&2
      return 1
    fi
    attempt=$((attempt + 1))
    sleep 1
  done
  echo "$output"
}

retry temporal operator cluster health >/dev/null

temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention 7d

known=$(retry temporal operator search-attribute list --namespace "$TEMPORAL_NAMESPACE")
for name in QuaestorTenant QuaestorKind QuaestorSubject QuaestorPhase; do
  case "$known" in
    *"$name"*) ;;
    *) retry temporal operator search-attribute create --namespace "$TEMPORAL_NAMESPACE" --name "$name" --type Keyword ;;
  esac
done
echo "Namespace $TEMPORAL_NAMESPACE is set up"
