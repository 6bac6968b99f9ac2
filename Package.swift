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

let package = Package(
  name: "steward",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
  ],
  targets: [
    // bottom
    module("Kernel"),
    tests("KernelTests", ["Kernel"]),
    .systemLibrary(name: "CLibPQ", path: "Sources/CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),

    // base
    module("OperatingSystem", ["Kernel"]),
    tests("OperatingSystemTests", ["OperatingSystem", "TestSupport"]),
    module(
      "EmbeddedPostgres",
      [
        "Kernel", "OperatingSystem",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
    tests(
      "EmbeddedPostgresTests",
      [
        "EmbeddedPostgres", "TestSupport",
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
    module("Postgres", ["Kernel", "CLibPQ", .product(name: "Logging", package: "swift-log")]),
    tests("PostgresTests", ["Postgres", "TestSupport", .product(name: "Logging", package: "swift-log")]),

    // what tests share
    module("TestSupport", ["Kernel", "OperatingSystem", "EmbeddedPostgres", .product(name: "Logging", package: "swift-log")], path: "Tests/TestSupport"),
  ]
)
