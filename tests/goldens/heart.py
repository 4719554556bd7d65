"""Goldens of the simulated heart, made with the numpy prototype it was ported from.

    python heart.py PROTOTYPE_FOLDER [OUT.json]

PROTOTYPE_FOLDER holds heart.py, torso.py, pop.py, render.py and out/base.json. Four subjects:
three typical ones without nuisances (their parameters are reproduced exactly by the Rust sampler)
and one random one, whose parameters are passed on, so that every parameter is exercised.
Needs numpy and scipy.
"""
import json
import os
import sys

# The prototype's folder takes the place of this one, whose scripts have names of their own.
sys.path[0] = sys.argv[1]
import numpy as np  # noqa: E402
from scipy.sparse import coo_matrix  # noqa: E402
import heart as h  # noqa: E402
import pop  # noqa: E402
import render  # noqa: E402
import torso as tor  # noqa: E402

OUT = sys.argv[2] if len(sys.argv) > 2 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "heart.json")
NO_NUISANCE = dict(body=1, pos=0, elec=0, ep=0, mech=0, noise=0)


def shortest_coo(data, shape):
    """coo_matrix that keeps the shortest of duplicate edges.

    The prototype hands duplicates to scipy, which adds them up: the way through four corners of
    the RV rim counts double. That moves the beat by 0.2 % rms, and is mended here.
    """
    weights, (rows, columns) = data
    order = np.lexsort((weights, columns, rows))
    rows, columns, weights = rows[order], columns[order], weights[order]
    first = np.ones(len(rows), bool)
    first[1:] = (rows[1:] != rows[:-1]) | (columns[1:] != columns[:-1])
    return coo_matrix((weights[first], (rows[first], columns[first])), shape=shape)


h.coo_matrix = shortest_coo


def rounded(x, digits=9):
    """Nested lists of floats with `digits` significant digits."""
    if isinstance(x, (list, tuple)):
        return [rounded(v, digits) for v in x]
    if isinstance(x, np.ndarray):
        return rounded(x.tolist(), digits)
    if isinstance(x, (bool, np.bool_)):
        return bool(x)
    if isinstance(x, (float, np.floating)):
        return float(f"{x:.{digits}g}")
    if isinstance(x, dict):
        return {k: rounded(v, digits) for k, v in x.items()}
    return x if not isinstance(x, np.integer) else int(x)


def parameters(d, T):
    keep = ["sex", "age", "height", "BMI", "weight", "scar", "EDV", "LVM", "EF", "RVEDV", "RVEF", "HR", "L", "k", "sept",
            "trv", "LBBB", "RBBB", "ax_frontal", "ax_trans", "roll", "pos", "elec", "cv", "v_endo_lv", "v_endo_rv", "roots",
            "vt", "vl", "bs", "g_tm", "g_tm_rv", "g_ab", "g_rv", "sep_tm", "gain_e", "s_up", "QTc", "PR", "Pdur", "Pamp",
            "LAamp", "pos_img", "plan_tilt", "fov", "hyp", "mapse", "kick", "pap", "b1", "b2", "beta"]
    p = {k: d[k] for k in keep}
    p["dys"] = d.get("dys", 0.0)
    p["torso"] = T
    return rounded(p, 17)


def case(name, seed, force, nuis):
    d, T = pop.sample(seed, "enriched", nuis, force)
    if nuis is NO_NUISANCE:
        d["kick"], d["pap"] = 0.22 + 0.004 * (d["age"] - 64), 1.0
    g, b, P, fid, full = pop.subject_beat(d, T, full=True)
    m, tau = full["m"], full["tau"]
    Q, X = full["LF"]
    points = np.array([d["pos"], d["pos"] + [12.0, -9.0, -20.0], d["pos"] + [-30.0, 4.0, 15.0]])
    M = render.mech(g, d)
    theta = np.linspace(-3.0, 3.0, 7)
    w = np.linspace(-0.85, 0.3, 5) * g["c"]
    TH, W = np.meshgrid(theta, w, indexing="ij")
    contours = {}
    for frame in (0, int(M["ies"])):
        ri, ro, wed = render.lv_fields(g, d, M["eps"][frame], M["lam"][frame], 20 * np.cos(TH), 20 * np.sin(TH), W)
        contours[str(frame)] = dict(inner=ri.ravel(), outer=ro.ravel(), w_ed=wed.ravel())
    _, labels = render.render(d, g, T, M, "sax", n=64, px=2.8, frames=[0, int(M["ies"])], nsub=3, noise=0)
    _, labels4 = render.render(d, g, T, M, "4ch", n=64, px=2.8, frames=[0, int(M["ies"])], nsub=3, noise=0)
    return dict(
        name=name,
        parameters=parameters(d, T),
        geometry=rounded({k: g[k] for k in ("r", "c", "wb", "t", "ta", "u0", "Rub", "w0", "Rc", "Rv", "Ru")}),
        axes=rounded(h.heart_axes(d)),
        mesh=dict(nodes=len(m["P"]), lv_endo=int(m["lv_endo"].sum()), rv_endo=int(m["rv_endo"].sum()),
                  sampled=rounded(m["P"][::97], 7)),
        activation=dict(sampled=rounded(tau[::31], 7), latest=rounded(float(tau.max()))),
        electrodes=rounded(tor.surf(T, *tor.electrodes(T, **d["elec"]).T), 8),
        lead_field=dict(points=rounded(points), gradient=rounded(tor.eval_grad(Q, X, points), 7)),
        beat=rounded(b[:, ::4], 6),
        p_wave=rounded(P[:, ::4], 6),
        fiducials=rounded(fid),
        motion=rounded(dict(es_frame=M["ies"], emptying=M["s"], eps=M["eps"], lam=M["lam"], Ru=M["Ru"], V=M["V"], RV=M["RV"]), 7),
        contours=rounded(contours, 7),
        contour_angles=rounded(TH.ravel()), contour_heights=rounded(W.ravel()),
        label_pixels=[[int((l == v).sum()) for v in (1, 2, 3)] for l in labels],
        label_pixels_4ch=[[int((l == v).sum()) for v in (1, 2, 3)] for l in labels4],
        label_ed=["".join(str(v) for v in row) for row in labels[0]],
    )


CASES = [
    case("typical man", 5, dict(sex=1, cond=[], median=True, bmi=26.0), NO_NUISANCE),
    case("left bundle branch block, woman", 5, dict(sex=0, cond=["LBBB"], median=True, bmi=25.0), NO_NUISANCE),
    case("anterior infarct, man", 5, dict(sex=1, cond=["MI"], terr="LAD", size=1.1, transm=1.0, median=True, bmi=26.0), NO_NUISANCE),
    case("random infarct", 17, dict(cond=["MI", "RBBB"]), {}),
]
with open(OUT, "w") as f:
    json.dump(dict(cases=CASES), f, separators=(",", ":"))
    f.write("\n")
print(OUT, os.path.getsize(OUT), "bytes")
