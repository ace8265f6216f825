//! The ten platforms, in the spelling of each contender.

/// A platform in xbuild's spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Platform(&'static str);

/// Every platform that is built.
pub(crate) const ALL: [Platform; 10] = [
    Platform("linux/amd64"),
    Platform("linux/arm64"),
    Platform("linux/arm/v6"),
    Platform("linux/arm/v7"),
    Platform("linux/riscv64"),
    Platform("linux/ppc64le"),
    Platform("darwin/amd64"),
    Platform("darwin/arm64"),
    Platform("windows/amd64"),
    Platform("windows/arm64"),
];

impl Platform {
    /// `linux/arm/v7`
    pub(crate) const fn name(self) -> &'static str {
        self.0
    }

    fn parts(self) -> (&'static str, &'static str, Option<&'static str>) {
        let mut parts = self.0.split('/');
        (parts.next().unwrap_or_default(), parts.next().unwrap_or_default(), parts.next())
    }

    /// `GOOS=linux GOARCH=arm GOARM=7`
    pub(crate) fn variables(self) -> String {
        let (os, arch, variant) = self.parts();
        let level = variant.map_or_else(String::new, |level| format!(" GOARM={}", level.trim_start_matches('v')));
        format!("GOOS={os} GOARCH={arch}{level}")
    }

    /// `linux_arm_7`, as GoReleaser writes a target.
    pub(crate) fn target(self) -> String {
        let (os, arch, variant) = self.parts();
        let level = variant.map_or_else(String::new, |level| format!("_{}", level.trim_start_matches('v')));
        format!("{os}_{arch}{level}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_contender_gets_its_spelling() {
        let arm = Platform("linux/arm/v7");
        assert_eq!((arm.variables().as_str(), arm.target().as_str()), ("GOOS=linux GOARCH=arm GOARM=7", "linux_arm_7"));
        let mac = Platform("darwin/arm64");
        assert_eq!((mac.variables().as_str(), mac.target().as_str()), ("GOOS=darwin GOARCH=arm64", "darwin_arm64"));
    }
}
