// Answers for DifferentialTest: a line "expression <tab> zone <tab> instant" in, the next instants out.
import { createInterface } from 'node:readline';
import { Cron } from 'croner';

const answers = [];
for await (const line of createInterface({ input: process.stdin })) {
    const [expression, timezone, after] = line.split('\t');
    const next = new Cron(expression, { timezone, paused: true }).nextRuns(4, new Date(after));
    answers.push(next.map((date) => date.toISOString()).join(' '));
}
process.stdout.write(answers.join('\n') + '\n');
