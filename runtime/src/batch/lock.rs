//! One process a shard, and the traces of one that was killed.
//!
//! A process locks a file of its shard, and shares a lock on a file of the output folder. The operating
//! system drops both when the process ends, however it ends. While it runs the shard's file holds a byte;
//! if the next process finds it, its forerunner was killed, and may have left files under temporary
//! names. They are removed as soon as no process is at work in the folder.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::error::BatchError;
use super::shard::Shard;
use crate::atomic_file::remove_leftovers_from;

/// The lock of one shard; dropped with it.
#[derive(Debug)]
pub(super) struct Lock {
    shard: File,
    _folder: File,
}

impl Lock {
    /// Takes the lock of `shard` in the output folder. Where the file system knows no locks there is none
    /// to take: then nothing keeps two processes apart.
    ///
    /// # Errors
    /// [`BatchError::Busy`] if another process has it, [`BatchError::Lock`] if there can be none.
    pub(super) fn take(output: &Path, shard: Shard) -> Result<Self, BatchError> {
        let path = output.join(format!(".ecg2mri-batch-{}.lock", shard.file_part()));
        let failed = |path: &PathBuf| {
            let path = path.clone();
            |source| BatchError::Lock { path, source }
        };
        let of_shard = open(&path).map_err(failed(&path))?;
        match of_shard.try_lock() {
            Ok(()) => (),
            Err(TryLockError::WouldBlock) => return Err(BatchError::Busy { shard, path }),
            Err(TryLockError::Error(error)) if knows_no_locks(&error) => (),
            Err(TryLockError::Error(error)) => return Err(failed(&path)(error)),
        }
        let common = output.join(".ecg2mri-batch.lock");
        let of_folder = open(&common).map_err(failed(&common))?;
        let was_killed = of_shard.metadata().map_err(failed(&path))?.len() > 0;
        let is_swept = !was_killed || of_folder.try_lock().is_ok() && sweep(output).is_ok();
        if was_killed {
            let unlocked = of_folder.unlock();
            unlocked.or_else(if_known).map_err(failed(&common))?;
        }
        // Waits for one that is sweeping.
        let shared = of_folder.lock_shared();
        shared.or_else(if_known).map_err(failed(&common))?;
        let mut lock = Self {
            shard: of_shard,
            _folder: of_folder,
        };
        // Two bytes stand for traces of an earlier process that are still there.
        let mark: &[u8] = if is_swept { b"1" } else { b"11" };
        lock.mark(mark).map_err(failed(&path))?;
        Ok(lock)
    }

    fn mark(&mut self, mark: &[u8]) -> io::Result<()> {
        self.shard.set_len(0)?;
        self.shard.write_all(mark)
    }

    /// Notes that the process leaves nothing behind. Where that cannot be noted the next one looks in
    /// vain.
    pub(super) fn end(self) {
        let is_swept = self
            .shard
            .metadata()
            .is_ok_and(|metadata| metadata.len() == 1);
        if is_swept {
            let _ = self.shard.set_len(0);
        }
    }
}

fn open(path: &Path) -> io::Result<File> {
    // Appending, so that a mark is written where the file ends after it was cut.
    File::options().create(true).append(true).open(path)
}

fn knows_no_locks(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Unsupported
}

fn if_known(error: io::Error) -> io::Result<()> {
    if knows_no_locks(&error) {
        Ok(())
    } else {
        Err(error)
    }
}

/// Removes all files in `folder` and below that an interrupted program left under temporary names.
fn sweep(folder: &Path) -> io::Result<()> {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            }
        }
        remove_leftovers_from(&folder);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_has_one_process_and_what_a_killed_one_left_is_removed() {
        let folder = tempfile::tempdir().expect("a folder");
        let of = |number| Shard::new(number, 2).expect("a shard");
        let left = folder.path().join("sub/.ecg2mri-a1b2c3.partial");
        fs::create_dir(folder.path().join("sub")).expect("made");
        let leave = || fs::write(&left, b"half").expect("written");
        leave();
        let first = Lock::take(folder.path(), of(1)).expect("free");
        let busy = Lock::take(folder.path(), of(1)).expect_err("taken");
        assert!(matches!(busy, BatchError::Busy { .. }), "{busy}");
        let second = Lock::take(folder.path(), of(2)).expect("free");
        assert!(left.exists(), "nothing says that anybody was killed");
        // Killed: it cannot say that it ended. The other one is still at work.
        drop(first);
        let again = Lock::take(folder.path(), of(1)).expect("free");
        assert!(left.exists());
        again.end();
        second.end();
        let alone = Lock::take(folder.path(), of(1)).expect("free");
        assert!(!left.exists());
        alone.end();
        leave();
        Lock::take(folder.path(), of(1)).expect("free").end();
        assert!(left.exists(), "it ended as it should");
    }
}
