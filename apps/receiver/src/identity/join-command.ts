import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { VERSION } from '@periodic-backup/platform';
import { CredentialsFolder, joinFleet } from '@periodic-backup/trust';

const USAGE = `Usage: receiver join LINE --credentials DIR

Makes this machine a receiver. LINE is what "pbk receivers invite NAME" printed. DIR takes its key and certificate;
start the receiver with CREDENTIALS_DIR=DIR.`;

/** Joins the fleet and fills the folder that the receiver starts from. Resolves with the exit code. */
export async function joinCommand(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { credentials: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } },
    });
    if (values.help) {
      console.log(USAGE);
      return 0;
    }
    const directory = values.credentials ?? environment['CREDENTIALS_DIR'];
    const [line, ...more] = positionals;
    if (line === undefined || more.length > 0 || !directory)
      throw new Error(`Name one line to join with, and a folder.\n\n${USAGE}`);
    const folder = new CredentialsFolder(resolve(directory));
    const { id } = await joinFleet(line, 'receiver', folder, { hostname: hostname(), version: VERSION });
    console.log(`This machine is now the receiver "${id}". Its key stays in ${folder.path}.`);
    console.log(
      `Start it with CREDENTIALS_DIR=${folder.path}, TARGET_DIR and an address that agents reach (RECEIVER_HOST).`,
    );
    return 0;
  } catch (error) {
    console.error((error as Error).message);
    return 2;
  }
}
