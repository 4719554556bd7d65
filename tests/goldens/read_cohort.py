"""Reads a cohort folder of the simulated heart with nibabel and a plain XML parser.

    python read_cohort.py COHORT

Checks, for every subject: qform and sform agree; size, voxel size, units and time step; labels
lie on the cine's grid and hold 0..3; blood is brighter than muscle; the XML has twelve leads of
5000 samples and twelve of the median. Needs numpy and nibabel.
"""
import os
import sys

# This folder's scripts have names of standard modules.
sys.path.pop(0)
import glob  # noqa: E402
import xml.etree.ElementTree as ElementTree  # noqa: E402

import nibabel  # noqa: E402
import numpy as np  # noqa: E402

root = sys.argv[1]
folders = sorted(glob.glob(os.path.join(root, "NIFTI", "*")))
assert folders, f"no subjects in {root}"
for folder in folders:
    cine = nibabel.load(os.path.join(folder, "sa.nii.gz"))
    assert cine.ndim == 4 and cine.shape[2] == 1, cine.shape
    assert cine.header.get_xyzt_units() == ("mm", "sec"), cine.header.get_xyzt_units()
    assert np.allclose(cine.get_qform(), cine.get_sform(), atol=1e-3), (cine.get_qform(), cine.get_sform())
    assert int(cine.header["qform_code"]) == 1 and int(cine.header["sform_code"]) == 1
    zooms = cine.header.get_zooms()
    assert np.allclose(np.linalg.norm(cine.affine[:3, :3], axis=0), zooms[:3], atol=1e-3)
    # Columns run to the patient's left (RAS x falls), rows towards the feet (RAS z falls).
    assert cine.affine[0, 0] < 0 and cine.affine[2, 1] < 0, cine.affine
    for phase, frame in (("ED", 0), ("ES", -1)):
        labels = nibabel.load(os.path.join(folder, f"label_sa_{phase}.nii.gz"))
        assert labels.shape == cine.shape[:3] and np.allclose(labels.affine, cine.affine)
        mask = np.asarray(labels.dataobj)
        assert set(np.unique(mask)) == {0, 1, 2, 3}
        picture = cine.get_fdata()[..., frame]
        assert picture[mask == 1].mean() > 1.8 * picture[mask == 2].mean()
    name = os.path.basename(folder)
    xml = ElementTree.parse(os.path.join(root, "ecg", f"{name}_20205_2_0.xml")).getroot()
    for path, samples in (("StripData", 5000), ("RestingECGMeasurements/MedianSamples", 600)):
        leads = xml.findall(f"{path}/WaveformData")
        assert [len(lead.text.split(",")) for lead in leads] == [samples] * 12
    print(name, "orientation", "".join(nibabel.aff2axcodes(cine.affine)), "zooms", [round(float(z), 4) for z in zooms])
