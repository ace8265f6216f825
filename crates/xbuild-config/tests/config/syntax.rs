//! Problems of the text and of its meaning in one run.

#[test]
fn syntax_and_meaning_in_one_run() {
    check!(
        r#"project fleet version=2.0

toolchain go 1.20
toolchain zig "0.15"

profile prod linux/amd64
profile edge "linux/aarch64" "linux/arm"

tragte worker {
    go "./cmd/worker"
}

target gateway {
    go './cmd/gateway' {
        cgo false
        tagss netgo
    }
    deps worker
    profiles prod, edge
    env GOOS="linux" LEVEL=3
    when os=macos {
        cwd "../outside"
    }
    archive [tgz]
}

target ledger {
    go "./cmd/ledger"
    deps gatewya
    when profile=prdo|edge {
        cc zig libc=msl
    }
}
"#,
        @r#"
        xbuild::number-for-string
          × a version must be a string, not a number
          1:23+3 number
          help: put it in quotes: "2.0" (as a number it reads as 2)

        xbuild::number-for-string
          × a version must be a string, not a number
          3:14+4 number
          help: put it in quotes: "1.20" (as a number it reads as 1.2)

        xbuild::inexact-version
          × `0.15` is not an exact version
          4:15+6 may mean another one tomorrow
          help: write all three numbers, such as "0.15.0"

        xbuild::quote-me
          × this needs quotes
          6:14+11 KDL does not allow `/` in a bare word
          help: write "linux/amd64"

        xbuild::unknown-platform
          × `linux/aarch64` is not a platform
          7:14+15 `aarch64` is not an architecture that xbuild knows
          help: write "linux/arm64"

        xbuild::unknown-platform
          × `linux/arm` is not a platform
          7:30+11 `linux/arm` does not say which ARM
          help: say v5, v6 or v7: "linux/arm/v5", "linux/arm/v6" or "linux/arm/v7"

        xbuild::unknown-node
          × `tragte` is not known at the top of the file
          9:1+6 not known here
          help: did you mean `target`?

        xbuild::single-quotes
          × single quotes do not quote
          14:8+15 KDL reads these quotes as part of a word
          help: write "./cmd/gateway"

        xbuild::keyword
          × `false` must be written `#false`
          15:13+5 KDL keywords start with `#`
          help: write #false, or "false" for the text

        xbuild::unknown-node
          × `tagss` is not known in `go`
          16:9+5 not known here
          help: did you mean `tags`?

        xbuild::comma
          × values are separated by spaces, not commas
          19:18+1 KDL reads this comma as part of a word
          help: remove the comma

        xbuild::derived-env
          × `GOOS` is set by xbuild for every cell
          20:9+4 computed from the platform and the builder
          help: write the platform in a profile instead: `profile NAME "linux/arm64"`

        xbuild::number-for-string
          × `LEVEL` must be a string, not a number
          20:28+1 number
          help: put it in quotes: "3"

        xbuild::unknown-value
          × `macos` is not a value of `os`
          21:13+5 not known
          help: write `os=darwin`

        xbuild::path-escapes
          × `../outside` leaves the project
          22:13+12 `..` above the project's root
          help: write a path that starts at the project's root

        xbuild::no-arrays
          × KDL has no arrays in brackets
          24:13+5 values stand one after the other, without brackets
          help: write `archive tgz`

        xbuild::archive-format
          × `tgz` is not an archive format
          24:14+3 not a format
          help: write "tar.gz"

        xbuild::unknown-target
          × there is no target `gatewya`
          29:10+7 no target has this name
          help: did you mean `gateway`?

        xbuild::unknown-value
          × `prdo` is not a value of `profile`
          30:18+4 not known
          help: did you mean `prod`?

        xbuild::wrong-type
          × `libc` cannot be `msl`
          31:21+3 not a C library
          help: write `libc=musl`, `libc=gnu` or a floor: `libc="gnu-2.28"`
        "#
    );
}
