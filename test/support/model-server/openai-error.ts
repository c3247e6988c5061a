export interface OpenAiErrorOptions {
  type?: string;
  code?: string | null;
  param?: string | null;
}

/** A refusal in OpenAI's own form. */
export class OpenAiError extends Error {
  readonly body: { error: { message: string; type: string; param: string | null; code: string | null } };

  constructor(
    readonly status: number,
    message: string,
    {
      type = status >= 500 ? 'server_error' : 'invalid_request_error',
      code = null,
      param = null,
    }: OpenAiErrorOptions = {},
  ) {
    super(message);
    this.body = { error: { message, type, param, code } };
  }
}
