import { register } from 'tsx/esm/api';
import stopServers from './global-teardown.mjs';

/** Jest loads a set-up file without its module mapper and as CommonJS, so tsx loads the TypeScript one. */
export default async function globalSetup() {
  const unregister = register();
  try {
    const { default: startServers } = await import('./global-setup.ts');
    await startServers();
  } catch (error) {
    // After a failed set-up Jest calls no teardown.
    await stopServers();
    throw error;
  } finally {
    await unregister();
  }
}
