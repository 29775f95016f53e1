import assay = require('model-assay');
import matchers = require('model-assay/matchers');

const report: Promise<assay.Report> = assay.audit('./model', { profile: 'quill' });
// @ts-expect-error a claim is the id of a version
void assay.audit('./model', { profile: 'quill', claim: 1 });

export = [report, matchers.toHaveAttentionHeads];
