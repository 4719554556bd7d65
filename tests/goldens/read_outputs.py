"""Reads the files that `ecg2mri generate` wrote with the readers that others use, and fails where one objects.

    python3 tests/goldens/read_outputs.py PICTURE.png VALUES.png VIEW.nii.gz DEVIATION.nii.gz FILM.gif FILM.apng OBJECT.dcm

Needs numpy, nibabel, pillow and pydicom. Compares the kinds of files with one another as well: the images of GIF and
APNG must be the same, and the values of NIfTI those of the 16-bit PNG.
"""

import sys

import nibabel
import numpy
import pydicom
from PIL import Image

NOTICE = "SYNTHETIC PSEUDO-MRI - NOT A SCAN - NOT FOR DIAGNOSIS"


def frames(path):
    """All images of a film, and how long each is shown in milliseconds."""
    film = Image.open(path)
    images, times = [], []
    for frame in range(film.n_frames):
        film.seek(frame)
        images.append(numpy.asarray(film.convert("L")))
        times.append(film.info["duration"])
    return images, times, film


def main(picture, values, view, deviation, gif, apng, dicom):
    sheet = Image.open(picture)
    assert sheet.text["Description"] == NOTICE
    grey = Image.open(values)
    assert grey.text["Description"] == NOTICE and grey.mode.startswith("I"), grey.mode
    grey = numpy.asarray(grey).astype(float) / 65535

    mri = nibabel.load(view)
    width, height, slices, phases = mri.shape
    assert slices == 1 and mri.header.get_xyzt_units()[0] == "mm"
    assert bytes(mri.header["descrip"]).startswith(b"SYNTHETIC")
    pixel = mri.header.get_zooms()[0]
    assert numpy.allclose(mri.get_sform(), mri.get_qform(), atol=1e-4)
    assert numpy.allclose(mri.affine[:2, :2], [[-pixel, 0], [0, -pixel]])
    middle = mri.affine @ [(width - 1) / 2, (height - 1) / 2, 0, 1]
    assert numpy.allclose(middle, [0, 0, 0, 1], atol=1e-4), middle
    (comment,) = mri.header.extensions
    assert comment.get_code() == 6 and NOTICE in str(comment.get_content()), comment
    data = mri.get_fdata()[:, :, 0]
    for phase in range(phases):
        tile = grey[:height, phase * width : (phase + 1) * width]
        assert numpy.allclose(data[:, :, phase].T.clip(0, 1), tile, atol=1e-5)
    assert nibabel.load(deviation).shape == mri.shape

    images, times, film = frames(gif)
    assert len(images) == phases and sum(times) == 1000 and film.info["loop"] == 0
    others, other_times, film = frames(apng)
    assert times == other_times and film.text["Description"] == NOTICE
    assert all((one == other).all() for one, other in zip(images, others, strict=True))

    item = pydicom.dcmread(dicom)
    assert item.SOPClassUID == "1.2.840.10008.5.1.4.1.1.7.2" == item.file_meta.MediaStorageSOPClassUID
    assert item.SOPInstanceUID.is_valid and item.SOPInstanceUID == item.file_meta.MediaStorageSOPInstanceUID
    assert list(item.ImageType) == ["DERIVED", "SECONDARY"] and item.BurnedInAnnotation == "YES"
    assert item.SyntheticData == "YES" and item.ConversionType == "SYN" and NOTICE in item.ImageComments
    assert item.PatientID == "" and str(item.PatientName) == ""
    pixels = item.pixel_array
    assert pixels.shape == (item.NumberOfFrames, item.Rows, item.Columns), pixels.shape
    assert all(image.max() == 255 and image.min() == 0 for image in pixels)
    print("every file is read as it was meant")


main(*sys.argv[1:])
