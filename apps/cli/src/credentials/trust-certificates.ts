import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { CommandError } from '../exit-codes.js';

/** From now on certificates that these authorities signed are good, beside those of the public ones. */
export function trustCertificates(file: string): void {
  try {
    setDefaultCACertificates([...getCACertificates('default'), readFileSync(file, 'utf8')]);
  } catch (error) {
    throw new CommandError(`--ca-file ${file} cannot be used: ${(error as Error).message}.`);
  }
}
