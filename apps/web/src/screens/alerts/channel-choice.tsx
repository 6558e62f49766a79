import { useQuery } from '@tanstack/react-query';
import { apiQuery } from '../../api/queries.js';
import { Checkbox } from '../../design/field/checkbox.js';
import styles from './alerts.module.css';

export interface ChannelChoiceProps {
  /** Null: all, also future ones. */
  readonly channelIds: readonly string[] | null;
  readonly onChange: (channelIds: string[] | null) => void;
  readonly error: string | undefined;
}

/** Who is told. */
export function ChannelChoice({ channelIds, onChange, error }: ChannelChoiceProps) {
  const channels = useQuery(apiQuery('GET /alert-channels'));
  const items = channels.data?.items ?? [];
  return (
    <fieldset className={styles.checks}>
      <legend>Who is told</legend>
      <div className={styles.wide}>
        <Checkbox
          isSelected={channelIds === null}
          onChange={(all) => onChange(all ? null : items.map(({ id }) => id))}
        >
          All channels, also future ones
        </Checkbox>
      </div>
      {channelIds !== null &&
        items.map(({ id, name }) => (
          <Checkbox
            key={id}
            isSelected={channelIds.includes(id)}
            onChange={(on) => onChange(on ? [...channelIds, id] : channelIds.filter((one) => one !== id))}
          >
            {name}
          </Checkbox>
        ))}
      {error && <p className={`${styles.error} ${styles.wide}`}>{error}</p>}
    </fieldset>
  );
}
