import assay = require('model-assay');
import matchers = require('model-assay/matchers');

const report: Promise<assay.Report> = assay.audit('./model', { profile: 'quill' });
// @ts-expect-error a profile is required
void assay.audit('./model', {});

export = [report, matchers.toHaveAttentionHeads];
