import type { Request } from 'express';
import { QuaestorError } from '../../contracts/quaestor-error.js';

export const TUS_VERSION = '1.0.0';

/** @throws QuaestorError `tus_version_unsupported` */
export function assertTusVersion(req: Request): void {
  if (req.get('tus-resumable') === TUS_VERSION) return;
  throw new QuaestorError('tus_version_unsupported', `Send the header "Tus-Resumable: ${TUS_VERSION}".`);
}

/** A header that is a number of bytes. @throws QuaestorError `invalid_request` */
export function byteHeader(req: Request, name: string): number {
  const text = req.get(name);
  if (text !== undefined && /^\d{1,15}$/.test(text)) return Number(text);
  throw new QuaestorError('invalid_request', `The header ${name} must be a number of bytes.`);
}

/** `filename d29ybGQuY3N2,sheet TA==`: keys with values in base64. @throws QuaestorError `invalid_request` */
export function parseUploadMetadata(text: string | undefined): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const pair of (text ?? '').split(',').filter((part) => part.trim() !== '')) {
    const [key = '', value = '', ...rest] = pair.trim().split(' ');
    if (rest.length > 0 || !/^[\w-]{1,64}$/.test(key) || !/^[A-Za-z0-9+/]*={0,2}$/.test(value)) {
      throw new QuaestorError('invalid_request', 'Upload-Metadata must be keys with values in base64.');
    }
    fields[key] = Buffer.from(value, 'base64').toString('utf8');
  }
  return fields;
}
