use std::fs::File;
use std::io;

use crate::imports;

/// An object in the making: it appears, whole, with [`Writer::seal`], and does not change any more.
/// Dropped unsealed, it leaves nothing.
pub struct Writer {
    path: String,
    file: Option<File>,
}

impl Writer {
    /// What has the path already is replaced when this one is sealed.
    pub fn create(path: &str) -> io::Result<Writer> {
        Ok(Writer { path: path.to_owned(), file: Some(File::create(path)?) })
    }

    pub fn seal(mut self) -> io::Result<()> {
        match self.file.take() {
            Some(file) => imports::close(file),
            None => Ok(()),
        }
    }
}

impl io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.file {
            Some(file) => file.write(bytes),
            None => Ok(0),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if self.file.is_some() {
            // Gives up what was written: closing alone would seal it.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// A whole object at once.
pub fn put(path: &str, bytes: &[u8]) -> io::Result<()> {
    let mut writer = Writer::create(path)?;
    io::Write::write_all(&mut writer, bytes)?;
    writer.seal()
}
