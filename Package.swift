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
  dependencies: [],
  targets: [
    // bottom
    module("Kernel"),
    tests("KernelTests", ["Kernel"]),
    // service levels: time, clocks
    module("ServiceTime", ["Kernel"]),
    tests("ServiceTimeTests", ["ServiceTime", "Kernel"]),
    module("ServiceLevels", ["ServiceTime", "Kernel"]),
    tests("ServiceLevelsTests", ["ServiceLevels", "ServiceTime", "Kernel"]),
  ]
)
