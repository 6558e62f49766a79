import { createPublicKey } from 'node:crypto';
import { CredentialsAnswer, proveKey, type MemberRole } from '@periodic-backup/contracts';
import type { CredentialsFolder } from './credentials-folder.js';
import { FleetError, fetchAuthority, postToFleet } from './fleet-request.js';
import { inWords, type IdentityName } from './identity-name.js';
import { readJoinLine } from './join-line.js';

/**
 * This machine is a member afterwards: its key was made here, and everything it needs to start lies in the folder. The
 * server has to show the authority that the line names before it hears anything.
 * @throws JoinLineError, FleetError
 */
export async function joinFleet(
  line: string,
  role: MemberRole,
  folder: CredentialsFolder,
  about: { readonly hostname: string; readonly version: string },
): Promise<IdentityName> {
  const { host, port, fingerprint, token } = readJoinLine(line);
  const authority = await fetchAuthority({ host, port }, fingerprint);
  const privateKey = folder.key();
  const answer = await postToFleet(
    { host, port },
    '/join',
    {
      token,
      publicKey: createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }),
      proof: proveKey('join', token, privateKey),
      role,
      ...about,
    },
    authority,
    CredentialsAnswer,
  );
  const name = { role: answer.role, id: answer.id };
  if (answer.role !== role)
    throw new FleetError(`The invitation is for ${inWords(name)}: use it with that program.`, false);
  folder.store(answer, { host, port });
  return name;
}
