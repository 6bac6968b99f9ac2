// swift-tools-version: 6.2
import PackageDescription

// The boxes of docs/architecture.md, one target each. ArchitectureTests hold the import table.

let settings: [SwiftSetting] = [.treatAllWarnings(as: .error), .swiftLanguageMode(.v6)]

func module(_ name: String, _ dependencies: [Target.Dependency] = [], path: String? = nil) -> Target {
  .target(name: name, dependencies: dependencies, path: path, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioHTTPTypesHTTP1 = Target.Dependency.product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

let package = Package(
  name: "steward",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
    .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
    .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
  ],
  targets: [
    // bottom
    module("Kernel"),
    tests("KernelTests", ["Kernel"]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),

    // base
    module("TLS", ["Kernel", "COpenSSL", log, nioCore, nioTLS]),
    tests("TLSTests", ["TLS", "Kernel", "TestSupport", subprocess, nioCore, nioPosix, nioTLS, nioEmbedded]),
    module("OperatingSystem", ["Kernel"]),
    tests("OperatingSystemTests", ["OperatingSystem", "TestSupport"]),
    module("EmbeddedPostgres", ["Kernel", "OperatingSystem", log, subprocess, systemPackage]),
    tests("EmbeddedPostgresTests", ["EmbeddedPostgres", "TestSupport", log, subprocess, systemPackage]),

    // edges
    module("Web", ["TLS", "Kernel", log, nioCore, nioPosix, nioTLS, nioHTTP1, httpTypes, nioHTTPTypes, nioHTTPTypesHTTP1, hummingbird, hummingbirdCore]),
    tests("WebTests", ["Web", "TLS", "Kernel", "TestSupport", log, subprocess, nioCore, nioPosix, nioHTTP1, nioEmbedded, httpTypes, hummingbird]),

    // what tests share
    module("TestSupport", ["Kernel", "OperatingSystem", "EmbeddedPostgres", "TLS", log, nioCore, nioPosix], path: "Tests/TestSupport"),
    tests("TestSupportTests", ["TestSupport", "Kernel"]),
    tests("ArchitectureTests", ["TestSupport"]),
  ]
)
