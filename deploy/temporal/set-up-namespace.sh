#!/bin/sh
# Creates the namespace and registers Quaestor's search attributes (contracts/workflows.ts, SEARCH_ATTRIBUTES).
# Safe to run at every start. Needs TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE, which the temporal command reads by itself.
set -eu

attempt=0
until temporal operator cluster health >/dev/null 2>&1; do
  attempt=$((attempt + 1))
  if [ "$attempt" -ge 60 ]; then
    echo "The Temporal server at $TEMPORAL_ADDRESS is not healthy after 60 attempts" >&2
    exit 1
  fi
  sleep 1
done

temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention 7d

known=$(temporal operator search-attribute list --namespace "$TEMPORAL_NAMESPACE")
for name in QuaestorTenant QuaestorKind QuaestorSubject QuaestorPhase; do
  case "$known" in
    *"$name"*) ;;
    *) temporal operator search-attribute create --namespace "$TEMPORAL_NAMESPACE" --name "$name" --type Keyword ;;
  esac
done
echo "Namespace $TEMPORAL_NAMESPACE is set up"
