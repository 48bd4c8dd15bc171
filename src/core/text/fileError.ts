import { quoted } from './quoted';

/** Why a file could not be written, as the end of a sentence, from the error of the platform. */
export function whyNotWritten(error: unknown): string {
  const { code, message } = (error ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full';
    case 'EFBIG':
      return 'files may not be that large there';
    case 'EACCES':
    case 'EPERM':
      return 'writing there is not allowed';
    case 'EROFS':
      return 'the disk is read-only';
    case 'EISDIR':
      return 'it is a folder';
    default:
      return quoted(typeof message === 'string' ? message : String(error));
  }
}
