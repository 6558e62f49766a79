import { FolderTree, Plus } from 'lucide-react';
import { lazy, Suspense, useRef, useState } from 'react';
import { Button } from '../../design/button/button.js';
import { ExcludeRow } from './exclude-row.js';
import { FieldPlace } from './field-place.js';
import { filledExcludes, type ExcludeDraft } from './plan-draft.js';
import type { EstimateState } from './use-estimate.js';
import type { PlanForm } from './use-plan-form.js';
import styles from './excludes.module.css';

const ExcludeDialog = lazy(() => import('../../directories/exclude-dialog.js'));

/** What hardly anybody wants to keep, offered at a press. */
const USUAL = ['*.tmp', '.cache/', 'node_modules/', '.DS_Store', 'Thumbs.db'];

interface ExcludesEditorProps {
  readonly form: PlanForm;
  readonly estimate: EstimateState;
}

/** Rules of what is left out, each with what it matched just now. */
export function ExcludesEditor({ form, estimate }: ExcludesEditorProps) {
  const { draft, set, at } = form;
  const [browsing, setBrowsing] = useState(false);
  const list = useRef<HTMLDivElement>(null);
  const rules = draft.excludes;
  const filled = filledExcludes(draft);
  const nextId = Math.max(-1, ...rules.map(({ id }) => id)) + 1;

  const change = (excludes: readonly ExcludeDraft[]): void => set({ excludes });
  const add = (rule: string, behind = rules.length): void => {
    change([...rules.slice(0, behind), { id: nextId, rule }, ...rules.slice(behind)]);
    if (rule === '') focusRow(behind);
  };
  const focusRow = (index: number): void =>
    // The row is there once it is drawn.
    void requestAnimationFrame(() => list.current?.querySelectorAll('input')[Math.max(0, index)]?.focus());
  const write = (index: number, text: string): void => {
    // Pasted lines are rules of their own.
    const [first = '', ...more] = text.split(/\r?\n/);
    const pasted = more.filter((rule) => rule !== '').map((rule, offset) => ({ id: nextId + offset, rule }));
    change([
      ...rules.slice(0, index),
      { ...rules[index]!, rule: first },
      ...pasted,
      ...rules.slice(index + 1),
    ]);
  };
  const remove = (index: number): void => {
    change(rules.filter((_, other) => other !== index));
    focusRow(index - 1);
  };
  const unused = USUAL.filter((rule) => !rules.some((other) => other.rule === rule));

  return (
    <FieldPlace of="excludes">
      <fieldset className={styles.excludes}>
        <legend className={styles.legend}>Left out</legend>
        <p className={styles.words}>
          One rule a line, as in a <code>.gitignore</code>: a later one wins, and <code>!</code> in front
          takes in again.
        </p>
        <div ref={list} className={styles.rows}>
          {rules.map((exclude, index) => {
            const sent = filled.indexOf(exclude);
            const state = at(`excludes.${sent}`);
            return (
              <ExcludeRow
                key={exclude.id}
                number={index + 1}
                rule={exclude.rule}
                index={sent}
                estimate={estimate}
                error={sent < 0 ? undefined : state.error}
                warning={sent < 0 ? undefined : state.warning}
                onChange={(text) => write(index, text)}
                onRemove={() => remove(index)}
                onNext={() => add('', index + 1)}
              />
            );
          })}
        </div>
        <div className={styles.actions}>
          <Button size="small" icon={Plus} onPress={() => add('')}>
            Add a rule
          </Button>
          <Button
            size="small"
            icon={FolderTree}
            isDisabled={!estimate.possible}
            onPress={() => setBrowsing(true)}
          >
            Choose in the source
          </Button>
          {unused.length > 0 && (
            <span className={styles.usual}>
              Often left out:
              {unused.map((rule) => (
                <button
                  key={rule}
                  type="button"
                  className={styles.chip}
                  onClick={() => add(rule)}
                  aria-label={`Leave out ${rule}`}
                >
                  {rule}
                </button>
              ))}
            </span>
          )}
        </div>
      </fieldset>
      <Suspense fallback={null}>
        {browsing && draft.agentId !== null && (
          <ExcludeDialog
            agentId={draft.agentId}
            sourceDir={draft.sourceDir.trim().replace(/(.)\/+$/, '$1')}
            rules={filled.map(({ rule }) => rule)}
            onAdd={(rule) => add(rule)}
            onRemove={(rule) => change(rules.filter((other) => other.rule !== rule))}
            onClose={() => setBrowsing(false)}
          />
        )}
      </Suspense>
    </FieldPlace>
  );
}
