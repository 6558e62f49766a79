import { readFileSync } from 'node:fs';

/**
 * Loaded before a receiver of the demonstration (`node --import`): what it dates lies as many milliseconds in the past as
 * the file named by PAST_FILE says. Date.now() stays as it is: tickets are checked by it.
 */
const file = process.env['PAST_FILE'] ?? '';
const RealDate = Date;

globalThis.Date = new Proxy(RealDate, {
  construct(target, args: unknown[], newTarget) {
    const told = args.length === 0 ? [target.now() - Number(readFileSync(file, 'utf8'))] : args;
    return Reflect.construct(target, told, newTarget) as object;
  },
});
