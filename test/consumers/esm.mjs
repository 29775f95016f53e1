import { audit, isAssayError, shippedProfiles } from 'model-assay';

const report = await audit(process.argv[2], { profile: 'quill' });
const error = await audit('no/such/model', { profile: 'quill' }).catch((thrown) => thrown);
const { outcome, kind } = report.verdict;
console.log(JSON.stringify({ outcome, kind, profiles: shippedProfiles(), branded: isAssayError(error) }));
