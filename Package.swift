// swift-tools-version: 6.2
import PackageDescription

// The boxes of docs/architecture.md, one target each. ArchitectureTests hold the import table.

let settings: [SwiftSetting] = [
  .treatAllWarnings(as: .error), .swiftLanguageMode(.v6), .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
]

func module(_ name: String, _ dependencies: [Target.Dependency] = [], path: String? = nil) -> Target {
  .target(name: name, dependencies: dependencies, path: path, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let nio: [Target.Dependency] = ["NIOCore", "NIOPosix", "NIOTLS", "NIOHTTP1"].map { .product(name: $0, package: "swift-nio") }
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let http: [Target.Dependency] = [
  .product(name: "HTTPTypes", package: "swift-http-types"),
  .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
  .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
  .product(name: "Hummingbird", package: "hummingbird"),
  .product(name: "HummingbirdCore", package: "hummingbird"),
]

let package = Package(
  name: "steward",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-configuration", exact: "1.4.0", traits: ["YAML"]),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
    .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
  ],
  targets: [
    // 0 bottom
    module("Kernel"),
    .systemLibrary(name: "CLibPQ", path: "Sources/CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(name: "COpenSSL", path: "Sources/COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),

    // 1 base
    module("OperatingSystem", ["Kernel"]),
    module("EmbeddedPostgres", ["Kernel", "OperatingSystem", logging, subprocess, systemPackage]),
    module("Postgres", ["Kernel", "CLibPQ", logging]),
    module("TLS", ["Kernel", "OperatingSystem", "COpenSSL", logging] + nio),

    // 2 platform
    module("Schema", ["Kernel", "Postgres", "TLS"]),
    module("Tenancy", ["Kernel", "Postgres", "TLS"]),
    module("Jobs", ["Kernel", "Postgres", "Tenancy", "ServiceTime", logging]),
    module("Operations", ["Kernel", "Postgres", "TLS", "Tenancy", "Jobs", logging]),
    module("FileStorage", ["Kernel", "OperatingSystem", "TLS", "Operations"] + nio),
    module("ServiceTime", ["Kernel"]),
    module("BillingEngine", ["Kernel"]),
    module("Documents"),
    module("TypedFields", ["Kernel"]),

    // 3 domain
    module("Catalog", ["Kernel", "Postgres", "Tenancy", "Jobs", "Operations", "ServiceTime", "Documents", "TypedFields"]),
    module("Approvals", ["Kernel", "Postgres", "Tenancy", "Operations"]),
    module(
      "Requests",
      [
        "Kernel", "Postgres", "Tenancy", "Jobs", "Operations", "Catalog", "Approvals", "Attributes", "Gates", "Knowledge", "Desk", "Contracts",
        "ServiceLevels",
      ]),
    module("Assets", ["Kernel", "Postgres", "Tenancy", "Jobs", "Operations", "TypedFields"]),
    module("Knowledge", ["Kernel", "Postgres", "Tenancy", "Jobs", "Operations"]),
    module("Renewals", ["Kernel", "Postgres", "Operations", "ServiceTime"]),
    module("Contracts", ["Kernel", "Postgres", "Tenancy", "Jobs", "Operations", "ServiceTime", "Catalog", "BillingEngine", "Renewals", "Suppliers"]),
    module("ServiceLevels", ["Kernel", "ServiceTime", "Contracts", "Postgres", "Tenancy", "Jobs", "Operations"]),
    module("Attributes", ["Kernel", "Postgres", "Tenancy", "Operations", "TypedFields"]),
    module("Gates", ["Kernel", "Postgres", "Tenancy", "Jobs", "Operations", "Approvals", "Attributes"]),
    module(
      "Desk",
      [
        "Kernel", "Postgres", "Tenancy", "Jobs", "Operations", "Attributes", "Gates", "Contracts", "ServiceTime", "ServiceLevels", "Suppliers", "Assets",
        "Knowledge",
      ]),
    module("Problems", ["Kernel", "Postgres", "Tenancy", "Jobs", "Operations", "Assets", "Knowledge", "Desk", "Requests", "Attributes", "Gates"]),
    module("MajorIncidents", ["Kernel", "Postgres", "Tenancy", "Jobs", "Operations", "Attributes", "Gates", "Assets", "Knowledge", "Desk"]),
    module(
      "Changes",
      [
        "Kernel", "Postgres", "Tenancy", "Jobs", "Operations", "Catalog", "Approvals", "Attributes", "Gates", "Requests", "Assets", "Desk", "Problems",
        "Knowledge",
      ]),
    module("Scorecard", ["Kernel", "Postgres", "Tenancy", "Jobs", "Operations", "Contracts", "BillingEngine"]),
    module("Handbooks", ["Kernel", "Postgres", "Tenancy", "Jobs", "Operations", "Documents", "Catalog", "Contracts", "Scorecard"]),
    module("Suppliers", ["Kernel", "Postgres", "Tenancy", "Jobs", "Operations", "ServiceTime", "BillingEngine", "Renewals"]),
    module("Credits", ["Kernel", "Postgres", "Tenancy", "Operations", "ServiceTime", "BillingEngine", "Contracts", "Suppliers"]),
    module("Measurements", ["Kernel", "Postgres", "Tenancy", "Operations", "ServiceTime", "BillingEngine", "Contracts", "Suppliers"]),
    module("TimeEntries", ["Kernel", "Postgres", "Tenancy", "Jobs", "Operations", "ServiceTime", "Contracts"]),
    module("Events", ["Kernel", "Postgres", "TLS", "Tenancy", "Jobs", "Operations", "Assets", "Desk"]),
    module("Search", ["Kernel", "Postgres", "Tenancy", "Jobs", "Operations", "Knowledge", "Requests", "Desk", "Problems", "Changes", "MajorIncidents"]),
    module("Attachments", ["Kernel", "Postgres", "Tenancy", "Jobs", "Operations", "Desk", "Requests", "Problems", "Changes", "MajorIncidents", logging]),
    module(
      "Notifications",
      [
        "Kernel", "Postgres", "Tenancy", "Jobs", "Operations", "ServiceTime", "Contracts", "Renewals", "ServiceLevels", "Suppliers", "Gates", "Desk",
        "Escalations", "Assurance", "Approvals", "Assets", "Knowledge", "Handbooks", "Requests", "Problems", "Changes", "MajorIncidents", "Events",
      ]),
    module(
      "Live",
      [
        "Kernel", "Postgres", "TLS", "Tenancy", "Operations", "Requests", "Desk", "Problems", "Changes", "MajorIncidents", "Notifications", logging,
      ]),
    module(
      "Escalations", ["Kernel", "Postgres", "Tenancy", "Jobs", "Operations", "ServiceTime", "Contracts", "ServiceLevels", "Desk"]),
    module("Assurance", ["Kernel", "Postgres", "Tenancy", "Jobs", "Operations", "ServiceTime", "BillingEngine", "Contracts", "Renewals", "Desk"]),
    module(
      "Backtest",
      ["Kernel", "Postgres", "Tenancy", "Operations", "ServiceTime", "BillingEngine", "Contracts", "ServiceLevels", "Desk", "Credits"]),

    // 4 edges
    module("Web", ["Kernel", "TLS", logging] + nio + http),
    module("HTTPAPI", ["Kernel", "TLS", "Web", "Tenancy", "Operations", "Live", logging] + nio + http),
    module("AdminProtocol", ["Kernel", "OperatingSystem", "TLS", "Tenancy", "Operations", logging] + nio),
    module(
      "Importing",
      [
        "Kernel", "TLS", "Postgres", "Tenancy", "Operations", "ServiceTime", "Contracts", "ServiceLevels", "Desk", "Problems", "Scorecard", yams,
        subprocess, systemPackage,
      ]),
    module("Outbound", ["Kernel", "TLS", "Notifications", subprocess, systemPackage] + nio),
    module("ContractFiles", ["Kernel", "Tenancy", "Operations", "ServiceTime", "Contracts", "Renewals", yams]),
    module("Demo", ["Kernel", "Postgres", "TLS", "Tenancy", "Jobs", "Operations", logging]),

    // 5 executable
    .executableTarget(
      name: "steward",
      dependencies: [
        "Kernel", "OperatingSystem", "EmbeddedPostgres", "Postgres", "TLS", "Schema", "Tenancy", "Jobs", "Operations", "ServiceTime",
        "Catalog", "Contracts", "ServiceLevels", "Desk", "Scorecard", "Suppliers", "Credits", "Measurements", "Backtest", "BillingEngine",
        "Assurance", "Assets", "Attributes", "TimeEntries", "Knowledge", "Requests", "Problems", "Changes", "Gates", "Events", "Attachments", "FileStorage",
        "Notifications", "Escalations", "Handbooks", "MajorIncidents", "Search", "HTTPAPI", "AdminProtocol", "Importing", "ContractFiles", "Outbound",
        "Demo",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Configuration", package: "swift-configuration"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"), logging,
      ] + nio, swiftSettings: settings),

    // what deploy/bench needs of our own code; not shipped
    .executableTarget(
      name: "steward-bench",
      dependencies: [
        "Kernel", "Postgres", "TLS", "Tenancy", "ServiceTime", "ServiceLevels", "Scorecard", "Contracts", "Operations", "Backtest", "Jobs",
        .product(name: "ArgumentParser", package: "swift-argument-parser"), logging,
      ], swiftSettings: settings),

    // tests
    module(
      "TestSupport", ["Kernel", "OperatingSystem", "EmbeddedPostgres", "Postgres", "Schema", "TLS", "Tenancy", "Operations", logging] + nio,
      path: "Tests/TestSupport"
    ),
    tests("TestSupportTests", ["TestSupport", "Kernel"]),
    tests("ArchitectureTests", ["TestSupport"]),
    tests("KernelTests", ["Kernel"]),
    tests("OperatingSystemTests", ["OperatingSystem", "TestSupport"]),
    tests("EmbeddedPostgresTests", ["EmbeddedPostgres", "TestSupport", logging, subprocess, systemPackage]),
    tests("PostgresTests", ["Postgres", "Kernel", "TestSupport", logging]),
    tests("TLSTests", ["TLS", "COpenSSL", "Kernel", "TestSupport", subprocess, logging, nioEmbedded] + nio),
    tests(
      "SchemaTests",
      [
        "Schema", "Postgres", "Operations", "Tenancy", "Desk", "Requests", "Problems", "Changes", "MajorIncidents", "Scorecard", "TimeEntries", "TestSupport",
      ]),
    tests("JobsTests", ["Jobs", "ServiceTime", "Tenancy", "Postgres", "Kernel", "TestSupport", logging]),
    tests("OperationsTests", ["Operations", "Tenancy", "Jobs", "Postgres", "TLS", "TestSupport", logging]),
    tests(
      "RegistryTests",
      [
        "Kernel", "Postgres", "TLS", "Tenancy", "Jobs", "Operations", "Schema", "TestSupport", logging,
        "Catalog", "Contracts", "ServiceLevels", "Desk", "Scorecard", "Suppliers", "Credits", "Measurements", "Assurance", "Backtest",
        "Assets", "Attributes", "TimeEntries", "Knowledge", "Requests", "Problems", "Changes", "Gates", "Events", "Attachments", "FileStorage", "Notifications",
        "Escalations", "Handbooks", "MajorIncidents", "Search", "Importing", "ContractFiles", "HTTPAPI", "AdminProtocol",
      ]),
    tests(
      "AttachmentsTests",
      [
        "Attachments", "FileStorage", "Desk", "Requests", "Problems", "Changes", "MajorIncidents", "Catalog", "Knowledge", "Contracts", "ServiceLevels",
        "Suppliers", "Assets", "Kernel", "Postgres", "Tenancy", "Operations", "TLS", "HTTPAPI", "TestSupport", logging,
      ]),
    tests(
      "NotificationsTests",
      [
        "Notifications", "Outbound", "Handbooks", "Requests", "Changes", "Problems", "MajorIncidents", "Events", "Knowledge", "Desk", "Assurance", "Assets",
        "Catalog", "ServiceLevels", "Suppliers", "Contracts", "Jobs", "Operations", "Tenancy", "TLS", "Postgres", "Kernel", "ServiceTime", "TestSupport",
        logging,
        subprocess, systemPackage,
      ] + nio),
    tests(
      "EscalationsTests",
      [
        "Escalations", "Notifications", "Requests", "Problems", "Changes", "MajorIncidents", "Desk", "Gates", "Knowledge", "Assets", "Catalog",
        "ServiceLevels", "Suppliers", "Contracts", "Jobs", "Operations", "Tenancy", "Postgres", "Kernel", "ServiceTime", "TestSupport",
      ]),
    tests(
      "EventsTests",
      [
        "Events", "Changes", "Problems", "Requests", "Catalog", "Desk", "Assets", "Gates", "Knowledge", "TimeEntries", "ServiceLevels", "Suppliers",
        "Contracts", "HTTPAPI", "Web", "Jobs", "Operations", "Tenancy", "TLS", "Postgres", "Kernel", "TestSupport", logging, subprocess,
      ] + http),
    tests(
      "ScenarioTests",
      ["steward", "HTTPAPI", "Kernel", "Tenancy", "Jobs", "Operations", "Contracts", "ContractFiles", "ServiceLevels", "Desk", "Scorecard", "TestSupport"]),
    tests(
      "AssetsTests",
      ["Assets", "TypedFields", "Contracts", "Catalog", "Importing", "Jobs", "Operations", "Tenancy", "Postgres", "Kernel", "TestSupport"]),
    tests(
      "TimeEntriesTests",
      [
        "TimeEntries", "Requests", "Problems", "Changes", "MajorIncidents", "Catalog", "Knowledge", "Assets", "Desk", "ServiceLevels", "Suppliers",
        "Contracts", "ServiceTime", "Jobs", "Operations", "Tenancy", "Postgres", "Kernel", "TestSupport",
      ]),
    tests("KnowledgeTests", ["Knowledge", "Desk", "Contracts", "ServiceLevels", "Jobs", "Operations", "Tenancy", "Postgres", "Kernel", "TestSupport"]),
    tests(
      "ProblemsTests",
      [
        "Problems", "Gates", "Knowledge", "Desk", "Assets", "Catalog", "Contracts", "ServiceLevels", "Jobs", "Operations", "Tenancy", "Postgres", "Kernel",
        "TestSupport",
      ]),
    tests(
      "MajorIncidentsTests",
      [
        "MajorIncidents", "Gates", "Desk", "Assets", "Catalog", "Contracts", "ServiceLevels", "Jobs", "Operations", "Tenancy", "Postgres", "Kernel",
        "TestSupport",
      ]),
    tests(
      "ChangesTests",
      [
        "Changes", "Approvals", "Problems", "Knowledge", "Requests", "Desk", "Assets", "Catalog", "Contracts", "ServiceLevels", "Jobs", "Operations", "Tenancy",
        "Postgres", "Kernel", "TestSupport",
      ]),
    tests(
      "SearchTests",
      [
        "Search", "Changes", "MajorIncidents", "Approvals", "Problems", "Knowledge", "Requests", "Desk", "Attributes", "Assets", "Catalog", "Contracts",
        "ServiceLevels", "Suppliers", "Jobs", "Operations", "Tenancy", "Postgres", "Kernel", "TestSupport",
      ]),
    tests(
      "HandbooksTests",
      [
        "Handbooks", "Documents", "Scorecard", "Desk", "Assets", "Catalog", "ServiceLevels", "Suppliers", "Contracts", "Operations", "Tenancy", "Postgres",
        "Kernel", "TestSupport",
      ]),
    tests("ServiceTimeTests", ["ServiceTime", "Kernel", "TestSupport"]),
    tests("BillingEngineTests", ["BillingEngine", "Kernel", "TestSupport"]),
    tests("DocumentsTests", ["Documents"]),
    tests(
      "BacktestTests",
      [
        "Backtest", "Assets", "Knowledge", "Problems", "Importing", "Demo", "Credits", "BillingEngine", "ServiceTime", "ServiceLevels", "Desk", "Contracts",
        "Scorecard",
        "Suppliers",
        "Operations", "Tenancy", "Jobs", "Postgres", "Kernel", "TestSupport",
      ]),
    tests("SuppliersTests", ["Suppliers", "BillingEngine", "ServiceTime", "Contracts", "Jobs", "Operations", "Tenancy", "Postgres", "Kernel", "TestSupport"]),
    tests(
      "MeasurementsTests",
      ["Measurements", "Suppliers", "BillingEngine", "ServiceTime", "Contracts", "Operations", "Tenancy", "Postgres", "Kernel", "TestSupport"]),
    tests(
      "CreditsTests",
      [
        "Credits", "Measurements", "Suppliers", "BillingEngine", "ServiceTime", "ServiceLevels", "Desk", "Contracts", "Operations", "Tenancy", "Postgres",
        "Kernel", "TestSupport",
      ]),
    tests(
      "RequestsTests",
      [
        "Requests", "Problems", "Approvals", "Attributes", "Catalog", "Contracts", "ContractFiles", "ServiceLevels", "Scorecard", "Desk", "Jobs",
        "Operations", "Tenancy", "Schema", "Postgres", "Kernel", "TestSupport",
      ]),
    tests(
      "CatalogTests",
      ["Catalog", "Requests", "Contracts", "ContractFiles", "ServiceLevels", "Desk", "Operations", "Tenancy", "Postgres", "Kernel", "TestSupport"]),
    tests(
      "AssuranceTests",
      [
        "Assurance", "Suppliers", "ServiceTime", "BillingEngine", "ServiceLevels", "Desk", "Contracts", "Jobs", "Operations", "Tenancy", "Postgres", "Kernel",
        "TestSupport",
      ]),
    tests(
      "ContractsTests",
      ["Contracts", "Renewals", "Suppliers", "BillingEngine", "ServiceTime", "Jobs", "Operations", "Tenancy", "Postgres", "Kernel", "TestSupport"]),
    tests(
      "ServiceLevelsTests", ["ServiceLevels", "ServiceTime", "Kernel", "Contracts", "Operations", "Tenancy", "Jobs", "Postgres", "TestSupport"]),
    tests(
      "DeskTests",
      ["Desk", "Assets", "ServiceLevels", "ServiceTime", "Suppliers", "Kernel", "Contracts", "Operations", "Tenancy", "Jobs", "Postgres", "TestSupport"]),
    tests("TypedFieldsTests", ["TypedFields", "Kernel"]),
    tests(
      "AttributesTests",
      [
        "Attributes", "TypedFields", "Gates", "Desk", "Problems", "Changes", "MajorIncidents", "Requests", "Catalog", "Notifications", "Assets", "Knowledge",
        "ServiceLevels", "Suppliers", "Contracts", "Operations", "Tenancy", "Jobs", "Postgres", "Kernel", "TestSupport",
      ]),
    tests(
      "GatesTests",
      [
        "Gates", "Approvals", "Attributes", "Requests", "Problems", "Changes", "MajorIncidents", "Notifications", "Assurance", "Catalog", "Desk", "Assets",
        "Knowledge", "ServiceLevels", "Suppliers", "Contracts", "Operations", "Tenancy", "Jobs", "Postgres", "Kernel", "TestSupport",
      ]),
    tests(
      "ScorecardTests",
      ["Scorecard", "Contracts", "BillingEngine", "Desk", "ServiceLevels", "Operations", "Tenancy", "Jobs", "Postgres", "Kernel", "TestSupport"]),
    tests(
      "ImportingTests",
      [
        "Importing", "TestSupport", "Kernel", "Postgres", "Tenancy", "Operations", "ServiceTime", "Contracts", "ServiceLevels", "Desk", "Scorecard",
        "Suppliers", "Backtest", "Assets", "Catalog", "Knowledge", "Problems", subprocess,
      ]),
    tests(
      "ContractFilesTests",
      [
        "ContractFiles", "Assurance", "Catalog", "Desk", "Suppliers", "ServiceLevels", "ServiceTime", "Contracts", "Jobs", "Operations", "Tenancy",
        "Kernel", "TestSupport",
      ]),
    tests(
      "LiveTests",
      [
        "Live", "HTTPAPI", "Web", "Notifications", "Changes", "Requests", "Problems", "MajorIncidents", "Knowledge", "Desk", "Assets", "Catalog",
        "ServiceLevels", "Suppliers", "Contracts", "Jobs", "Operations", "Tenancy", "Schema", "TLS", "Postgres", "EmbeddedPostgres", "Kernel", "TestSupport",
        subprocess,
        logging,
      ] + nio + http),
    tests(
      "HTTPAPITests",
      [
        "HTTPAPI", "Web", "Kernel", "TLS", "Postgres", "Tenancy", "Operations", "Contracts", "ServiceLevels", "Desk", "TestSupport", subprocess, logging,
      ] + http),
    tests(
      "AdminProtocolTests",
      [
        "AdminProtocol", "Kernel", "OperatingSystem", "TLS", "Tenancy", "Operations", "Contracts", "ServiceLevels", "Desk", "Scorecard", "TestSupport",
        subprocess, logging,
      ] + nio),
    tests("WebTests", ["Web", "TLS", "Kernel", "TestSupport", subprocess, logging, nioEmbedded] + nio + http),
  ]
)
