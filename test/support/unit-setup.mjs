import { register } from 'tsx/esm/api';

/** Before the unit tests: the store that their API begins with, so that two of them do not make it at once. */
export default async function unitSetup() {
  const unregister = register();
  try {
    const { migratedStore } = await import('./migrated-store.ts');
    await migratedStore();
  } finally {
    await unregister();
  }
}
