import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeLargeFile, temporaryDirectory, until, type TemporaryDirectory } from '@periodic-backup/testing';
import type { Browser, Page } from 'playwright-core';
import { LaunchedStack } from '../support/launched-stack.js';
import { launchChromium } from './chromium.js';
import { ConsolePage } from './console-page.js';
import { expectAccessible } from './expect-accessible.js';

/** Root may open it, but nobody may read it. */
const UNREADABLE = '/sys/bus/clockevents/drivers_probe';

let folder: TemporaryDirectory;
let documents: string;
let stack: LaunchedStack;
let browser: Browser;
beforeAll(async () => {
  folder = await temporaryDirectory();
  documents = join(folder.path, 'machine/documents');
  mkdirSync(documents, { recursive: true });
  mkdirSync(join(folder.path, 'machine/pictures'));
  writeFileSync(join(documents, 'letter.txt'), 'Dear Ada\n');
  writeFileSync(join(documents, 'draft.tmp'), 'nothing\n');
  writeFileSync(join(folder.path, 'machine/pictures/cat.jpg'), 'a cat\n');
  [stack, browser] = await Promise.all([
    LaunchedStack.startEmpty({
      ...{ target: join(folder.path, 'target'), dataDir: join(folder.path, 'data') },
      args: ['--allow', join(folder.path, 'machine')],
    }),
    launchChromium(),
  ]);
});
afterAll(async () => {
  await browser.close();
  await stack.stop();
  await folder.remove();
});

describe('a new installation', () => {
  it('goes from the first visit to the first backup through the forms alone', async () => {
    const visit = await ConsolePage.open(browser, stack.url);
    const { page } = visit;
    // What was just accepted is no run yet: the console asks again.
    visit.expectMessage(/status of 404 .*\/api\/v1\/runs\//);
    await visit.goto('/');
    await page.getByRole('heading', { level: 1, name: 'New plan' }).waitFor();
    await page.getByRole('button', { name: 'Browse' }).click();
    await page.getByRole('row', { name: /machine/ }).click();
    await page.getByRole('row', { name: /documents/ }).click();
    await page.getByRole('button', { name: 'Choose this directory' }).click();
    expect(await page.getByLabel('Source directory').inputValue()).toBe(documents);
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('documents');
    await page.getByText('2 files in 1 directory').waitFor();
    await page.getByRole('button', { name: 'Leave out *.tmp' }).click();
    await page.getByText('1 file in 1 directory').waitFor();
    await page.getByText('Cron expression').click();
    await page.getByRole('textbox', { name: 'Cron expression' }).fill('30 4 * * 1-5');
    await page.getByText(/^At 04:30, Monday through Friday/i).waitFor();
    expect(await page.getByRole('row', { name: /04:30/ }).count()).toBe(5);

    await page.getByRole('button', { name: 'Save and run now' }).click();
    await page.getByRole('heading', { level: 1, name: 'Backup of documents' }).waitFor();
    await page.getByText('Committed', { exact: true }).first().waitFor();
    await page.getByRole('link', { name: 'Open the snapshot' }).waitFor();
    expect(await stack.snapshots()).toMatchObject([{ counts: { files: 1 } }]);
    await visit.close();
  });
});

describe('the form of a plan', () => {
  it('says at each field, in words, what is wrong there', async () => {
    const visit = await ConsolePage.open(browser, stack.url);
    const { page } = visit;
    await visit.goto('/plans/new');
    await page.getByLabel('Source directory').fill('documents');
    await page.getByLabel('Name', { exact: true }).fill('a/b');
    await page.getByText('Cron expression').click();
    await page.getByRole('textbox', { name: 'Cron expression' }).fill('0 25 * * *');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('3 things are not right yet').waitFor();
    for (const field of ['Source directory', 'Name', 'Cron expression'])
      expect([field, await errorAt(page, field)]).toEqual([field, expect.stringMatching(/^[A-Z].+\.$/)]);
    expect(await focusedLabel(page)).toBe('Source directory');
    expect(await stack.plan()).toMatchObject({ name: 'documents' });
    await visit.close();
  });

  it('can be filled in and saved by the keyboard alone', async () => {
    const visit = await ConsolePage.open(browser, stack.url);
    const { page } = visit;
    await visit.goto('/plans/new');
    await tabTo(page, 'Browse');
    await page.keyboard.press('Enter');
    await page.getByRole('row', { name: /machine/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('row', { name: /pictures/ }).waitFor();
    await page.keyboard.press('p');
    await page.keyboard.press('Enter');
    await page.getByText('cat.jpg').waitFor();
    await tabTo(page, 'Choose this directory');
    await page.keyboard.press('Enter');
    await tabTo(page, 'Name');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('cats');
    await tabTo(page, 'Save');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'cats' }).waitFor();
    await visit.close();
  });
});

describe('a run', () => {
  it('shows its progress as it moves, and can be cancelled', async () => {
    makeLargeFile(join(documents, 'film'), 4);
    const planId = await planNamed('documents');
    await stack.patch(`plans/${planId}`, {
      bandwidth: { bytesPerSecond: 300_000, timezone: 'UTC', windows: [] },
    });
    const visit = await ConsolePage.open(browser, stack.url);
    const { page } = visit;
    // What was just accepted is no run yet: the console asks again.
    visit.expectMessage(/status of 404 .*\/api\/v1\/runs\//);
    await visit.goto(`/plans/${planId}`);
    await page.getByRole('button', { name: 'Run now' }).click();
    const bar = page.getByRole('progressbar', { name: 'Progress of the run' });
    const seen = new Set<string>();
    await until(
      async () => {
        const share = await bar.getAttribute('aria-valuenow');
        if (share !== null) seen.add(share);
        return seen.size >= 3;
      },
      { deadlineMs: 120_000, what: 'the progress to move twice' },
    );
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Cancel the run' }).click();
    await page.getByText('Cancelled', { exact: true }).first().waitFor();
    await stack.patch(`plans/${planId}`, { bandwidth: null });
    await visit.close();
  });

  it('shows a file that could not be read, and why', async () => {
    const closed = join(documents, 'closed.txt');
    writeFileSync(closed, '');
    const mounted = spawnSync('mount', ['--bind', UNREADABLE, closed], { encoding: 'utf8' });
    if (mounted.status !== 0)
      throw new Error(`This test mounts a file over another, which needs root: ${mounted.stderr}`);
    try {
      const { id } = await stack.task(`plans/${await planNamed('documents')}/run`, {});
      const visit = await ConsolePage.open(browser, stack.url);
      await visit.goto(`/runs/${id}`);
      await visit.page.getByText('Partial', { exact: true }).first().waitFor();
      const file = visit.page.getByRole('list', { name: 'Files with a problem' }).getByRole('listitem');
      expect(await file.innerText()).toMatch(/closed\.txt\s+\S.+/);
      await visit.close();
    } finally {
      spawnSync('umount', [closed]);
    }
  });
});

describe('receivers', () => {
  it('take another maximum, and further ones start beside them with what is wrong at its field', async () => {
    const visit = await ConsolePage.open(browser, stack.url);
    const { page } = visit;
    await visit.goto('/receivers');
    await page.getByRole('button', { name: /Change the maximum/ }).click();
    await page.getByRole('textbox', { name: 'Clients at once' }).fill('7');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('0 of 7 clients').waitFor();

    visit.expectMessage(/status of 422/);
    await page.getByRole('button', { name: 'Start a receiver' }).click();
    await page.getByLabel('Target directory', { exact: true }).fill('backups');
    await page.getByRole('textbox', { name: 'Port' }).fill(String(stack.receiverPort));
    await page.getByRole('button', { name: 'Start the receiver' }).click();
    await until(async () => (await errorAt(page, 'Target directory')) !== '', { what: 'the refusal' });
    await page.getByLabel('Target directory', { exact: true }).fill(join(folder.path, 'second'));
    await page.getByRole('button', { name: 'Start the receiver' }).click();
    await until(async () => (await errorAt(page, 'Port')) !== '', { what: 'the port to be refused' });
    await visit.close();
  });

  it('take no new clients while they are drained: a run waits and says why', async () => {
    const visit = await ConsolePage.open(browser, stack.url);
    const { page } = visit;
    visit.expectMessage(/status of 404 .*\/api\/v1\/runs\//);
    await visit.goto('/receivers');
    await page.getByRole('button', { name: /^Drain / }).click();
    await page.getByRole('button', { name: 'Drain', exact: true }).click();
    await page.getByRole('button', { name: /^Take clients again/ }).waitFor();
    await visit.goto(`/plans/${await planNamed('documents')}`);
    await page.getByRole('button', { name: 'Run now' }).click();
    await page.getByText(/is draining or shutting down/).waitFor();
    await visit.goto('/receivers');
    await page.getByRole('button', { name: /^Take clients again/ }).click();
    await page.getByRole('button', { name: /^Drain / }).waitFor();
    await visit.close();
  });
});

describe.each([
  ['light', 1280],
  ['dark', 360],
] as const)('plans, runs and receivers, %s, %i px', (theme, width) => {
  it('have no serious accessibility finding and do not scroll sideways', async () => {
    const planId = await planNamed('documents');
    const runs = await stack.runs();
    const plan = `/plans/${planId}`;
    const visit = await ConsolePage.open(browser, stack.url, { theme, width });
    for (const screen of [
      ...['/plans/new', plan, `${plan}/runs`, `${plan}/snapshots`, `${plan}/settings`, `${plan}/edit`],
      ...runs.map(({ id }) => `/runs/${id}`),
      '/receivers',
    ]) {
      await visit.goto(screen);
      await visit.settled();
      await expectAccessible(visit.page);
      const overhang = await visit.page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      expect([screen, Math.max(0, Number(overhang))]).toEqual([screen, 0]);
    }
    await visit.close();
  });
});

describe('a plan', () => {
  it('is paused, resumed, and deleted once its consequences were read', async () => {
    const visit = await ConsolePage.open(browser, stack.url);
    const { page } = visit;
    await visit.goto(`/plans/${await planNamed('cats')}`);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await page.getByRole('button', { name: 'More for this plan' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByText('The plan is not due any more').waitFor();
    await page.getByRole('button', { name: 'Delete plan' }).click();
    await page.waitForURL(/\/plans$/);
    await page.getByRole('link', { name: 'cats' }).waitFor({ state: 'detached' });
    await visit.close();
  });
});

async function planNamed(name: string): Promise<string> {
  const answer = await fetch(`${stack.api}/plans`);
  const { items } = (await answer.json()) as { items: { id: string; name: string }[] };
  const plan = items.find((one) => one.name === name);
  if (!plan) throw new Error(`There is no plan "${name}".`);
  return plan.id;
}

/** What a field says is wrong with it, as it is read out; empty: nothing. */
async function errorAt(page: Page, label: string): Promise<string> {
  const field = page.getByRole('textbox', { name: label, exact: true });
  if ((await field.getAttribute('aria-invalid')) !== 'true') return '';
  const ids = (await field.getAttribute('aria-describedby')) ?? '';
  const words = await Promise.all(ids.split(' ').map((id) => page.locator(`[id="${id}"]`).allInnerTexts()));
  return words.flat().at(-1) ?? '';
}

/** The words of what has the keyboard. */
function focusedLabel(page: Page): Promise<string> {
  return page.evaluate(
    `(() => {
      const { activeElement: at } = document;
      const label = at.labels?.[0]?.textContent ?? at.getAttribute('aria-label') ?? at.textContent;
      return label.trim();
    })()`,
  );
}

/** Presses Tab until something of this name has the keyboard. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    if ((await focusedLabel(page)) === name) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`The keyboard does not come to "${name}".`);
}
