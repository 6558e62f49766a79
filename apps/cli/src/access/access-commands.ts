import { InvalidArgumentError, Option, type Command } from 'commander';
import { GrantedRight, Role } from '@periodic-backup/contracts';
import type { CommandAction } from '../command-context.js';
import { wholeNumber } from '../options/whole-number.js';
import { listAudit, verifyAudit } from './audit.js';
import { logIn, logOut } from './log-in-out.js';
import { createToken, listTokens, revokeToken } from './tokens.js';
import { addUser, changeUser, listUsers, removeUser, setPassword } from './users.js';

const LOGIN_DAYS = 90;

/** `pbk login`, `users`, `tokens` and `audit`: who may do what, and who did what. */
export function addAccessCommands(program: Command, perform: (action: CommandAction) => Promise<void>): void {
  program
    .command('login')
    .description('from now on commands of this user are yours; the password is asked for')
    .argument('[name]')
    .option('--days <number>', 'how long', wholeNumber, LOGIN_DAYS)
    .action((name, options) => perform((context) => logIn(context, name, options)));
  program
    .command('logout')
    .description('forgets who was logged in')
    .action(() => perform(logOut));
  addUserCommands(program, perform);
  addTokenCommands(program, perform);
  const audit = program
    .command('audit')
    .description('who did what, newest first; what was refused, too')
    .option('--actor <name>', 'only this user')
    .option('--action <action>', 'only this, such as plan.delete, or all of plan')
    .option('--object <object>', 'only this, such as plan/<id>')
    .option('--since <time>', 'at or after')
    .option('--until <time>', 'before')
    .option('--limit <number>', 'how many', wholeNumber, 50)
    .action((options) => perform((context) => listAudit(context, options)));
  audit
    .command('verify')
    .description('checks that no entry was changed or taken out; exits 5 if one was')
    .option('--head <number:hash>', 'an end of the log that was noted earlier: shows a cut end, too')
    .action((options) => perform((context) => verifyAudit(context, options)));
}

function addUserCommands(program: Command, perform: (action: CommandAction) => Promise<void>): void {
  const users = program.command('users').description('who may log in');
  users
    .command('list')
    .description('who may log in, and do what')
    .action(() => perform(listUsers));
  withRights(
    users.command('add').description('lets somebody in; the password is asked for').argument('<name>'),
  ).action((name, options) => perform((context) => addUser(context, name, options)));
  withRights(
    users.command('change').description('gives another role, or other rights').argument('<name>'),
  ).action((name, options) => perform((context) => changeUser(context, name, options)));
  users
    .command('remove')
    .description('shows somebody out: sessions and tokens end at once')
    .argument('<name>')
    .action((name) => perform((context) => removeUser(context, name)));
  users
    .command('passwd')
    .description('sets a new password; on the machine itself also where the old one is lost')
    .argument('[name]', 'whose; left out: your own')
    .action((name) => perform((context) => setPassword(context, name)));
}

function addTokenCommands(program: Command, perform: (action: CommandAction) => Promise<void>): void {
  const tokens = program.command('tokens').description('what programs get in with');
  withRights(
    tokens
      .command('create')
      .description('makes a token and shows it this once')
      .argument('<name>', 'what for'),
  )
    .option('--plan <plan>', 'only what belongs to this plan (repeatable)', collect)
    .option('--days <number>', 'how long it is good', wholeNumber, LOGIN_DAYS)
    .action((name, options) => perform((context) => createToken(context, name, options)));
  tokens
    .command('list')
    .description('your tokens; an admin sees all')
    .option('--all', 'revoked and expired ones, too', false)
    .action((options) => perform((context) => listTokens(context, options)));
  tokens
    .command('revoke')
    .description('makes a token worth nothing')
    .argument('<token>', 'its id')
    .action((id) => perform((context) => revokeToken(context, id)));
}

function withRights(command: Command): Command {
  return command
    .addOption(new Option('--role <role>', 'what else they may do').choices(Role.options))
    .option(
      '--grant <right>',
      `${GrantedRight.options.join(' or ')}, whatever the role (repeatable); none takes them away`,
      grants,
    );
}

const collect = (value: string, earlier: string[] | undefined): string[] => [...(earlier ?? []), value];

function grants(value: string, earlier: GrantedRight[] | undefined): GrantedRight[] {
  if (value === 'none') return [];
  const right = GrantedRight.safeParse(value);
  if (!right.success) throw new InvalidArgumentError(`Must be ${GrantedRight.options.join(', ')} or none.`);
  return [...(earlier ?? []), right.data];
}
