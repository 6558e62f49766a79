import { closeSync, fsyncSync, linkSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** Of several who make a file at once all end up with the first one's. Never half a file under the name. */
export function publishOnce(file: string, content: string, mode: number): void {
  const temporary = writeBeside(file, content, mode);
  try {
    linkSync(temporary, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** The file has this content afterwards, the new or the old at any moment in between. */
export function replaceFile(file: string, content: string, mode: number): void {
  const temporary = writeBeside(file, content, mode);
  try {
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

let files = 0;

function writeBeside(file: string, content: string, mode: number): string {
  const temporary = `${file}.${process.pid}.${Date.now()}.${++files}`;
  const descriptor = openSync(temporary, 'wx', mode);
  try {
    writeFileSync(descriptor, content);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  return temporary;
}
