import { QuaestorError } from '../contracts/quaestor-error.js';
import { type Config, parseConfig } from './config.js';

/** The configuration for an entry point: when it is not valid, says what to mend and exits with 2. */
export function loadConfigOrExit(): Config {
  try {
    return parseConfig();
  } catch (error) {
    if (!(error instanceof QuaestorError)) throw error;
    process.stderr.write(`${error.message}\n${error.entry.wayOut}\n`);
    process.exit(2);
  }
}
