import OpenAI from 'openai';

export interface OpenAiClientOptions {
  /** Undefined for endpoints without keys (local servers); the placeholder `none` is sent then. */
  apiKey?: string | undefined;
  /** Default: OpenAI's own endpoint. With its version path, as in `http://127.0.0.1:11434/v1`. */
  baseUrl?: string | undefined;
}

const OPENAI_BASE_URL = 'https://api.openai.com/v1';

/**
 * The client for an OpenAI-compatible endpoint. It retries nothing (`maxRetries: 0`): retries belong to Temporal, and a
 * second retry loop below it would multiply both the load and the bill. Its own timeout is a backstop only, because it ends
 * when the headers are there; `callModel` keeps the real one until the body is read.
 *
 * Connections are kept alive and shared: Node's `fetch` does that with one pool for the process.
 * Every setting is given explicitly, so that the library does not read OPENAI_* from the environment behind the config's back.
 */
export const createOpenAiClient = ({ apiKey, baseUrl }: OpenAiClientOptions): OpenAI =>
  new OpenAI({
    apiKey: apiKey || 'none',
    baseURL: (baseUrl || OPENAI_BASE_URL).replace(/\/+$/, ''),
    organization: null,
    project: null,
    maxRetries: 0,
    timeout: 10 * 60 * 1_000,
    logLevel: 'off',
  });
