import { Search, X } from 'lucide-react';
import { Button } from 'react-aria-components/Button';
import { Input } from 'react-aria-components/Input';
import { SearchField as AriaSearchField } from 'react-aria-components/SearchField';
import styles from './search-field.module.css';

export interface SearchFieldProps {
  readonly label: string;
  readonly placeholder?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** Narrows a list down. Its label is not shown: the magnifying glass says it. */
export function SearchField({ label, placeholder, value, onChange }: SearchFieldProps) {
  return (
    <AriaSearchField aria-label={label} className={styles.search} value={value} onChange={onChange}>
      <Search size={15} aria-hidden />
      <Input className={styles.input} placeholder={placeholder ?? label} />
      <Button className={styles.clear} aria-label="Clear">
        <X size={14} aria-hidden />
      </Button>
    </AriaSearchField>
  );
}
