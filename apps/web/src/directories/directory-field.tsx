import type { DirectoryUse } from '@periodic-backup/contracts/http';
import { FolderSearch } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { Button } from '../design/button/button.js';
import type { FieldWords } from '../design/field/field-parts.js';
import { TextField } from '../design/field/text-field.js';

const DirectoryDialog = lazy(() => import('./directory-dialog.js'));

export interface DirectoryFieldProps extends FieldWords {
  /** Whose machine; null: none is chosen yet, so that the path can only be typed. */
  readonly agentId: string | null;
  readonly use: DirectoryUse;
  readonly value: string;
  readonly onChange: (path: string) => void;
  readonly onBlur?: () => void;
  readonly placeholder?: string;
}

/** A directory of an agent's machine: typed, or picked from what is there. */
export function DirectoryField({ agentId, use, value, onChange, onBlur, ...words }: DirectoryFieldProps) {
  const [browsing, setBrowsing] = useState(false);
  return (
    <>
      <TextField
        {...words}
        mono
        value={value}
        onChange={onChange}
        {...(onBlur ? { onBlur } : {})}
        spellCheck="false"
        autoComplete="off"
        after={
          <Button icon={FolderSearch} isDisabled={agentId === null} onPress={() => setBrowsing(true)}>
            Browse
          </Button>
        }
      />
      <Suspense fallback={null}>
        {browsing && agentId !== null && (
          <DirectoryDialog
            agentId={agentId}
            use={use}
            title={`${words.label} on ${agentId}`}
            start={value.trim()}
            onClose={() => setBrowsing(false)}
            onChoose={(path) => {
              setBrowsing(false);
              onChange(path);
            }}
          />
        )}
      </Suspense>
    </>
  );
}
