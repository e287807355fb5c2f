import type { ReactNode } from 'react';
import type { Condition } from './answers.ts';
import { conditionNames } from './words.ts';

export function Badge({ condition }: { readonly condition: Condition }): ReactNode {
  return (
    <span className="state" data-condition={condition}>
      {conditionNames[condition]}
    </span>
  );
}
