const { audit, isAssayError, shippedProfiles } = require('model-assay');

async function main() {
  const report = await audit(process.argv[2], { profile: 'folio' });
  const error = await audit('no/such/model', { profile: 'folio' }).catch((thrown) => thrown);
  const { outcome, kind } = report.verdict;
  console.log(JSON.stringify({ outcome, kind, profiles: shippedProfiles(), branded: isAssayError(error) }));
}

void main();
