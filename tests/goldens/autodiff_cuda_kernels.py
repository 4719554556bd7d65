#!/usr/bin/env python3
"""Makes trainer/src/graph/cuda_kernels.tsv from ONNX Runtime's published list of kernels.

    python3 autodiff_cuda_kernels.py OperatorKernels.md > ../../trainer/src/graph/cuda_kernels.tsv

The list is docs/OperatorKernels.md of ONNX Runtime's repository. It gives versions of operator *schemas*; the table gives
the versions of a *model's* operator set, which is what a model states. The two differ: a kernel listed as `12+` serves the
schema that begins with version 12 and no later one, so MaxPool, whose schema changed in version 22, has no kernel in a
model of version 22. Schemas come from the `onnx` package (made with 1.23.2). Kept are the operators that the graph could
write, and of the types of their tensors those that it could hold.
"""

import re
import sys

from onnx import defs

NEWEST = 26
TYPES = ["float", "float16", "bfloat16", "int32", "int64", "bool"]
OPERATORS = {
    "": """Abs Add And AveragePool BatchNormalization Cast Ceil Clip Concat ConstantOfShape Conv ConvTranspose Cos CumSum
        DepthToSpace Div Dropout Einsum Elu Equal Erf Exp Expand Flatten Floor Gather GatherElements Gelu Gemm
        GlobalAveragePool GlobalMaxPool Greater GreaterOrEqual HardSigmoid HardSwish Identity InstanceNormalization
        LayerNormalization LeakyRelu Less LessOrEqual Log LogSoftmax MatMul Max MaxPool Min Mod Mul Neg Not OneHot Or PRelu
        Pad Pow Range Reciprocal ReduceL1 ReduceL2 ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum
        ReduceSumSquare Relu Reshape Resize Round ScatterElements ScatterND Selu Shape Sigmoid Sign Sin Slice Softmax
        Softplus Softsign SpaceToDepth Split Sqrt Squeeze Sub Sum Tanh Tile Transpose Trilu Unsqueeze Where""".split(),
    "com.microsoft": "BiasGelu BiasSoftmax FastGelu FusedConv FusedMatMul Gelu GroupNorm QuickGelu".split(),
}
DOMAINS = {"ai.onnx": "", "com.microsoft": "com.microsoft"}


def published(text):
    """Each kernel in the CUDA provider's part as (domain, operator, first schema, last schema or None, types)."""
    part = text.split('name="cudaexecutionprovider"')[1].split('<a name="')[0]
    domain = operator = None
    for line in part.splitlines():
        named = re.match(r"\|\*\*Operator Domain:\*\* \*(.*?)\*", line)
        if named:
            domain = DOMAINS.get(named[1])
            continue
        cells = line.strip().split("|")[1:-1]
        if domain is None or len(cells) != 4 or cells[0].startswith(("Op Name", "---")):
            continue
        operator = cells[0] or operator
        versions = re.fullmatch(r"(\d+)(\+?)|\[(\d+), (\d+)\]", cells[2].strip())
        first = int(versions[1] or versions[3])
        last = None if versions[2] else int(versions[4] or first)
        # The first constraint listed whose name is that of the data; Where names its condition B, OneHot its output T3.
        constraints = dict(re.findall(r"\*\*(\w+)\*\* = ([^*<]*)", cells[3]))
        data = next(constraints[name] for name in ("V", "T3" if operator == "OneHot" else "T", "T1") if name in constraints)
        found = set(re.findall(r"(?<!seq\()tensor\((\w+)\)", data))
        yield domain, operator, first, last, [name for name in TYPES if name in found]


def opsets(domain, operator, first, last):
    """Versions of a model's operator set in which a kernel serves its operator."""
    if domain:
        return [1]
    schemas = sorted({schema.since_version for schema in defs.get_all_schemas_with_history()
                      if schema.domain == domain and schema.name == operator})
    def serves(version):
        since = max((schema for schema in schemas if schema <= version), default=None)
        return since is not None and (since == first if last is None else first <= since <= last)
    return [version for version in range(1, NEWEST + 1) if serves(version)]


def main():
    rows = {}
    for domain, operator, first, last, types in published(open(sys.argv[1], encoding="utf-8").read()):
        if operator in OPERATORS[domain]:
            for version in opsets(domain, operator, first, last):
                rows.setdefault((domain, operator, version), types)
    missing = [name for domain, names in OPERATORS.items() for name in names
               if not any(key[:2] == (domain, name) for key in rows)]
    assert not missing, f"not in the list: {missing}"
    print("domain\toperator\tfirst\tlast\ttypes")
    for domain, names in OPERATORS.items():
        for name in sorted(names):
            versions = sorted(key[2] for key in rows if key[:2] == (domain, name))
            start = versions[0]
            for version in versions:
                types = rows[domain, name, version]
                if rows.get((domain, name, version + 1)) != types:
                    print(domain, name, start, version, ",".join(types), sep="\t")
                    start = next((v for v in versions if v > version), None)


if __name__ == "__main__":
    main()
