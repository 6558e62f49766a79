import { Command, Option } from 'commander';
import type { CommandAction } from './command-context.js';
import { diffSnapshots, findName, listDirectory, showHistory } from './commands/browse.js';
import { cancelRun } from './commands/cancel.js';
import { completionScript } from './completion/completion-script.js';
import { doctor } from './commands/doctor.js';
import { estimatePlan } from './commands/estimate.js';
import { download } from './commands/get.js';
import { inviteMember, listAgents, revokeMember, type MemberKind } from './commands/members.js';
import { listPlans } from './commands/plans.js';
import { putPlan } from './commands/put-plan.js';
import { previewRetention } from './commands/retention.js';
import { runPlan } from './commands/run-now.js';
import { listRuns, showRun } from './commands/runs.js';
import { listSnapshots } from './commands/snapshots.js';
import { showStatus } from './commands/status.js';
import { drill, restore, verify } from './commands/tasks.js';
import { testAlerts } from './commands/alerts.js';
import { addAccessCommands } from './access/access-commands.js';
import { DEFAULT_API } from './credentials/choose-api.js';
import { wholeNumber } from './options/whole-number.js';
import { addVaultCommands } from './vault/vault-commands.js';

const EXIT_CODES = `
Exit codes:
  0  done, and all is well
  1  the command, or the run it waited for, failed; nothing was found
  2  it cannot be carried out as it was written
  3  done, but some files could not be read or written
  4  nothing answers at the API's address
  5  something is not as safe as it should be

A SNAPSHOT is an id, a plan's name (its newest), or PLAN@NAME, where NAME may be the beginning
of a snapshot's name: documents@2026-11-22.`;

/** All commands with their texts. Each hands what it would do to `perform`. */
export function createProgram(perform: (action: CommandAction) => Promise<void>): Command {
  const program = new Command('pbk')
    .description(
      'Looks after backups made by Periodic Backup: what is safe, what is in it, and back with it.',
    )
    .addOption(
      new Option(
        '--api <url>',
        `address of the admin API (default: that of npm start here, else ${DEFAULT_API})`,
      ).env('PBK_API'),
    )
    .addOption(
      new Option('--token <token>', 'an access token, instead of what "pbk login" keeps').env(
        'PBK_API_TOKEN',
      ),
    )
    .addOption(new Option('--token-file <file>', 'a file that holds the token').env('PBK_API_TOKEN_FILE'))
    .addOption(
      new Option('--ca-file <file>', 'a private authority (PEM) that signed the certificate of the API').env(
        'PBK_API_CA_FILE',
      ),
    )
    .option('--json', 'answers as JSON; lists that may be long as one line per item', false)
    .helpOption('-h, --help', 'show this text')
    .addHelpText('after', EXIT_CODES)
    .showHelpAfterError('(pbk --help shows what there is)');
  const command = (name: string, description: string): Command =>
    program.command(name).description(description);
  const waiting = (one: Command): Command =>
    one.option('-d, --detach', 'do not wait for the end of the run', false);

  command('status', 'is everything safe? exits 5 if not').action(() => perform(showStatus));
  command('plans', 'what is backed up, and when').action(() => perform(listPlans));
  command('put-plan', 'has a plan be as a file of JSON describes it, made or changed')
    .argument('<file>', 'the body of POST /api/v1/plans; - for standard input')
    .action((file) => perform((context) => putPlan(context, file)));
  command('estimate', 'what a run of a plan would take now, and what its excludes leave out')
    .argument('<plan>')
    .option('--seconds <number>', 'answer after this time with what was seen, at most 30', wholeNumber, 10)
    .action((plan, { seconds }) => perform((context) => estimatePlan(context, plan, seconds)));
  command('runs', 'what happened, newest first')
    .argument('[run]', 'one run with all it had trouble with')
    .option('--plan <plan>', 'only of this plan')
    .option('--state <states>', 'only these, with commas: failed,missed')
    .option('--kind <kind>', 'only backup, restore, verify, prune or drill')
    .option('--limit <number>', 'how many', wholeNumber, 20)
    .action((run: string | undefined, options) =>
      perform((context) => (run ? showRun(context, run) : listRuns(context, options))),
    );
  waiting(command('run', 'backs up now').argument('<plan>')).action((plan, options) =>
    perform((context) => runPlan(context, plan, options)),
  );
  command('cancel', 'ends a run')
    .argument('<run>', 'its id')
    .action((run) => perform((context) => cancelRun(context, run)));
  command('snapshots', 'what can be restored')
    .argument('[plan]')
    .option('--limit <number>', 'how many', wholeNumber, 50)
    .action((plan, { limit }) => perform((context) => listSnapshots(context, plan, limit)));
  command('ls', 'what is in a directory of a snapshot')
    .argument('<snapshot>')
    .argument('[path]', 'the directory', '')
    .action((snapshot, path) => perform((context) => listDirectory(context, snapshot, path)));
  command('find', "where a name is, in any of a plan's snapshots")
    .argument('<plan>')
    .argument('<name>', "part of a name, or a pattern: '*.odt'")
    .action((plan, name) => perform((context) => findName(context, plan, name)));
  command('history', 'the versions of one path')
    .argument('<plan>')
    .argument('<path>')
    .action((plan, path) => perform((context) => showHistory(context, plan, path)));
  command('diff', 'what changed between two snapshots: + added, - removed, ~ changed, m metadata')
    .argument('<before>', 'a snapshot')
    .argument('<after>', 'a snapshot')
    .action((before, after) => perform((context) => diffSnapshots(context, before, after)));
  command('get', 'downloads a file here, or a directory as an archive')
    .argument('<snapshot>')
    .argument('[path]', 'what to download; left out: all of it', '')
    .option('-o, --output <file>', 'where to write it; - for standard output')
    .addOption(new Option('--format <format>', 'of the archive').choices(['tar', 'zip']))
    .action((snapshot, path, options) => perform((context) => download(context, snapshot, path, options)));
  waiting(
    command('restore', 'brings files back to a machine')
      .argument('<snapshot>')
      .argument('[path...]', 'only these, each with all below it')
      .option('--to <dir>', 'directory on the agent that takes the tree')
      .option('--in-place', 'where it came from', false)
      .option('--agent <agent>', 'which machine; left out: the one it came from')
      .addOption(
        new Option('--conflict <rule>', 'where something stands in the way')
          .choices(['fail', 'skip', 'rename', 'overwrite'])
          .default('fail'),
      )
      .option('-n, --dry-run', 'only say what would happen', false),
  ).action((snapshot, paths, options) => perform((context) => restore(context, snapshot, paths, options)));
  waiting(
    command('verify', 'reads snapshots again and compares every byte')
      .argument('<plan-or-snapshot>', 'the name of a plan means all of its snapshots')
      .option('--bytes-per-second <number>', 'read no faster', wholeNumber),
  ).action((what, { bytesPerSecond, ...wait }) =>
    perform((context) => verify(context, what, bytesPerSecond ?? null, wait)),
  );
  waiting(
    command('drill', 'restores into a scratch directory, compares, deletes; says how long it took')
      .argument('<plan>')
      .option('--agent <agent>', 'on which machine; left out: the one it came from')
      .option('--sample <files>', 'only so many files, drawn at random', wholeNumber)
      .option('--seed <number>', 'draw the same sample again', wholeNumber)
      .option('--list', 'the drills so far', false),
  ).action((plan, options) => perform((context) => drill(context, plan, options)));

  const retention = command('retention', 'which snapshots stay');
  retention
    .command('preview')
    .description('what a policy would keep and remove; changes nothing')
    .argument('<plan>')
    .option('--last <n>', 'the newest', wholeNumber)
    .option('--hourly <n>', 'the newest of each hour', wholeNumber)
    .option('--daily <n>', 'of each day', wholeNumber)
    .option('--weekly <n>', 'of each week', wholeNumber)
    .option('--monthly <n>', 'of each month', wholeNumber)
    .option('--yearly <n>', 'of each year', wholeNumber)
    .option('--within <days>', 'all of the last days', wholeNumber)
    .action((plan, options) => perform((context) => previewRetention(context, plan, options)));
  const alerts = command('alerts', 'what is sent when something is wrong');
  alerts
    .command('test')
    .description('sends a test message and waits for what became of it')
    .argument('[channel]', 'name or id; left out: every channel')
    .action((channel) => perform((context) => testAlerts(context, channel)));
  const members = (kind: MemberKind, what: string, description: string): Command => {
    const group = command(kind, description);
    group
      .command('invite')
      .description(`one line with which a machine joins as ${what}: good for 15 minutes, and once`)
      .argument('<name>', 'what it will be called')
      .option('--address <host:port>', 'where that machine reaches this control plane')
      .action((name, options) => perform((context) => inviteMember(context, kind, name, options)));
    group
      .command('revoke')
      .description('puts one out: certificate, access to Redis and sessions')
      .argument('<name>')
      .action((name) => perform((context) => revokeMember(context, kind, name)));
    return group;
  };
  members('agents', 'an agent', 'which machines there are').action(() => perform(listAgents));
  members('receivers', 'a receiver', 'machines that take backups');
  command('doctor', 'looks for what could keep backups from working').action(() => perform(doctor));
  addAccessCommands(program, perform);
  addVaultCommands(program, perform);
  command('completion', 'prints a completion script')
    .argument('<shell>', 'bash, zsh or fish')
    .addHelpText('after', '\nbash:  source <(pbk completion bash)')
    .action((shell) =>
      perform((context) => {
        context.out.write(completionScript(program, shell));
        return Promise.resolve(0);
      }),
    );
  return program;
}
