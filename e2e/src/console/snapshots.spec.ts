import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SnapshotView } from '@periodic-backup/contracts';
import { temporaryDirectory, until, type TemporaryDirectory } from '@periodic-backup/testing';
import type { Browser } from 'playwright-core';
import { LaunchedStack } from '../support/launched-stack.js';
import { launchChromium } from './chromium.js';
import { ConsolePage } from './console-page.js';
import { expectAccessible } from './expect-accessible.js';

const PHOTO = randomBytes(300_000);

let folder: TemporaryDirectory;
let stack: LaunchedStack;
let browser: Browser;
let [before, after]: SnapshotView[] = [];
let restored: string;
beforeAll(async () => {
  folder = await temporaryDirectory();
  const source = join(folder.path, 'papers');
  restored = join(folder.path, 'restored');
  mkdirSync(join(source, 'letters'), { recursive: true });
  mkdirSync(restored);
  writeFileSync(join(source, 'letters/to-ada.txt'), 'Dear Ada\n');
  writeFileSync(join(source, 'photo.jpg'), PHOTO);
  [stack, browser] = await Promise.all([
    LaunchedStack.start({
      ...{ source, target: join(folder.path, 'target'), dataDir: join(folder.path, 'data') },
      args: ['--restore-dir', restored],
    }),
    launchChromium(),
  ]);
  await until(async () => (await stack.snapshots()).length === 1, {
    deadlineMs: 180_000,
    what: 'a snapshot',
  });
  appendFileSync(join(source, 'letters/to-ada.txt'), 'and dear Charles\n');
  writeFileSync(join(source, 'letters/to-grace.txt'), 'Dear Grace\n');
  await stack.ended(await stack.runNow());
  [after, before] = await stack.snapshots();
});
afterAll(async () => {
  await browser.close();
  await stack.stop();
  await folder.remove();
});

describe('snapshots in the console', () => {
  it('shows, by keyboard, what a directory held then, and what a file was before', async () => {
    const visit = await ConsolePage.open(browser, stack.url);
    const { page } = visit;
    await visit.goto(`/snapshots/${after!.id}`);
    await page.getByRole('link', { name: 'letters' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'to-grace.txt' }).waitFor();
    await expectAccessible(page);
    const older = page.getByRole('group', { name: 'Snapshots in time' }).locator('a:not([aria-current])');
    await older.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'to-grace.txt' }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'to-ada.txt' }).click();
    const versions = page.getByRole('dialog').getByRole('listitem');
    await versions.nth(1).waitFor();
    expect(await versions.count()).toBe(2);
    await expectAccessible(page);
    await visit.close();
  });

  it('downloads a file with the bytes it had', async () => {
    const visit = await ConsolePage.open(browser, stack.url);
    const { page } = visit;
    await visit.goto(`/snapshots/${before!.id}`);
    await page.getByRole('link', { name: 'photo.jpg' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download', exact: true }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('photo.jpg');
    expect(readFileSync(await download.path()).equals(PHOTO)).toBe(true);
    await visit.close();
  });

  it('says what differs between two', async () => {
    const visit = await ConsolePage.open(browser, stack.url, { theme: 'dark', width: 360 });
    await visit.goto(`/snapshots/${before!.id}/compare/${after!.id}`);
    await visit.page.getByText('1 added, 1 changed').waitFor();
    await expectAccessible(visit.page);
    await visit.close();
  });
});

describe('restoring in the console', () => {
  it('says at the field what is wrong, checks with the agent, and brings one file back', async () => {
    const visit = await ConsolePage.open(browser, stack.url);
    const { page } = visit;
    // What was just accepted is no run yet: the console asks again.
    visit.expectMessage(/status of 404 .*\/api\/v1\/runs\//);
    const key = Buffer.from('photo.jpg').toString('base64url');
    await visit.goto(`/restore?snapshot=${before!.id}&path=${key}`);
    const directory = page.getByLabel('Directory', { exact: true });
    await directory.fill('restored');
    await page.getByRole('button', { name: 'Check first' }).click();
    await page.getByText('Must be an absolute path').waitFor();
    await directory.fill(join(restored, 'back'));
    await page.getByRole('button', { name: 'Check first' }).click();
    await page
      .getByRole('table', { name: 'What would happen to each path' })
      .getByText('photo.jpg')
      .waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Restore', exact: true }).click();
    await page.waitForURL(/\/runs\//);
    await stack.ended(new URL(page.url()).pathname.split('/').at(-1)!);
    expect(readFileSync(join(restored, 'back/photo.jpg')).equals(PHOTO)).toBe(true);
    await visit.close();
  });
});
