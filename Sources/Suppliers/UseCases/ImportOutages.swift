import Kernel
import Operations
import ServiceTime

package enum ImportOutages: Operation {
  /// One outage as a source tells it.
  package struct Report: OperationInput {
    let name: String
    let region: String
    let instance: String
    let key: String?
    let severity: OutageSeverity
    let startsAt: Instant
    let endsAt: Instant?
    let announcedAt: Instant?
    let title: String?

    private static let name = Field.text("service", 1...200, "The service's name, as the supplier calls it.", "服务名称，以供应商的叫法为准。")
    private static let key = Field.text(
      "key", 1...200, "By what the source knows it, unique for the service (default: the instant at which it begins).", "来源中的键值，在该服务内不可重复（默认为开始时间）。"
    ).optional

    package static let fields: [any InputField] = [
      name, AddSupplierService.Input.region, AddSupplierService.Input.instance, key, OutageFields.severity, OutageFields.startsAt,
      OutageFields.endsAt.optional, OutageFields.announcedAt.optional, OutageFields.title.optional,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      name = try values[Self.name]
      region = try values[AddSupplierService.Input.region] ?? ""
      instance = try values[AddSupplierService.Input.instance] ?? ""
      key = try values[Self.key]
      severity = try OutageSeverity(rawValue: values[OutageFields.severity]) ?? .partial
      startsAt = try values[OutageFields.startsAt]
      endsAt = try values[OutageFields.endsAt.optional]
      announcedAt = try values[OutageFields.announcedAt.optional]
      title = try values[OutageFields.title.optional]
    }

    var serviceName: ServiceName { ServiceName(name: name, region: region, instance: instance) }

    func of(_ service: Int64) -> OutageReport {
      OutageReport(
        service: service, key: key ?? startsAt.description, severity: severity, startsAt: startsAt, endsAt: endsAt, announcedAt: announcedAt,
        title: title)
    }
  }

  struct ServiceName: Hashable, Comparable {
    let name: String
    let region: String
    let instance: String

    static func < (left: Self, right: Self) -> Bool { (left.name, left.region, left.instance) < (right.name, right.region, right.instance) }
  }

  package struct Input: OperationInput {
    let supplier: PublicId
    let source: String
    let createServices: Bool
    let outages: [Report]

    private static let source = Field.text("source", 1...100, "Who tells it; the same source again finds its outages.", "来源；同一来源再次导入时会找到已有记录。")
    private static let createServices = Field.boolean(
      "createServices", "Make the services that are missing (default: refuse them).", "新建缺失的服务（默认拒绝）。"
    ).optional
    private static let outages = Field<[Report]>.list(
      "outages", of: Field<Report>.object("outage", "An outage.", "一次中断。"), count: 1...5000, "The outages.", "中断列表。")

    package static let fields: [any InputField] = [SupplierFields.supplier, source, createServices, outages]

    package init(_ values: InputValues) throws(FieldError) {
      supplier = try values[SupplierFields.supplier]
      source = try values[Self.source]
      createServices = try values[Self.createServices] ?? false
      outages = try values[Self.outages]
    }
  }

  package struct Output: OperationOutput {
    let supplier: PublicId
    let services: Int
    let recorded: Int
    let changed: Int
    let unchanged: Int
    let kept: Int

    package static let fields: [OutputField<Output>] = [
      OutputField("supplier", .id, "The supplier.", "供应商。") { .id($0.supplier) },
      OutputField("servicesMade", .integer, "Services that were missing and made.", "新建的服务数。") { .integer(Int64($0.services)) },
      OutputField("recorded", .integer, "Outages that were not there yet.", "新登记的中断数。") { .integer(Int64($0.recorded)) },
      OutputField("changed", .integer, "Outages that are told differently now.", "内容有变更的中断数。") { .integer(Int64($0.changed)) },
      OutputField("unchanged", .integer, "Outages that were there just so.", "无变更的中断数。") { .integer(Int64($0.unchanged)) },
      OutputField("kept", .integer, "Outages that are told differently, and were corrected by hand: left as they are.", "来源内容不同但已人工更正、因而保持原样的中断数。") {
        .integer(Int64($0.kept))
      },
    ]
  }

  package static let declaration = Declaration(
    "outage.import", "Record the outages that a source tells; the same again changes nothing.", zh: "导入某一来源的中断记录；重复导入不产生变更。",
    permission: "outage.manage", roles: [.administrator, .accountManager, .engineer], scopes: SupplierRights.everyone, reach: .provider, effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    for (index, report) in input.outages.enumerated() {
      try OutageFields.requireOrder(report.startsAt, report.endsAt, path: "outages[\(index)].endsAt")
    }
    guard let supplier = try await context.transaction.first(LockSupplier(publicId: input.supplier)) else { throw context.unknownReference("supplier") }
    guard supplier.isActive else { throw Failure(.conflict, SuppliersMessages.supplierOver) }
    let (services, made) = try await self.services(input, of: supplier, in: context)
    let reports = input.outages.compactMap { report in services[report.serviceName].map { report.of($0) } }
    if let twice = OutagePlan.duplicates(in: reports).first { throw Failure.invalid("outages[\(twice)].key", SuppliersMessages.duplicateOutage) }
    let tenant = context.tenant.id
    let known = try await context.transaction.query(
      KnownOutages(tenant: tenant, source: input.source, services: reports.map(\.service), keys: reports.map(\.key)))
    let plan = OutagePlan(reports: reports, known: known)
    if !plan.new.isEmpty {
      context.transaction.enqueue(
        InsertOutages(
          tenant: tenant, source: input.source, publicIds: plan.new.map { _ in context.newId(.outage) }, reports: plan.new, now: context.now))
    }
    try await change(plan, in: context)
    context.subject(input.supplier)
    return Output(
      supplier: input.supplier, services: made, recorded: plan.new.count, changed: plan.changed.count, unchanged: plan.unchanged, kept: plan.kept)
  }

  /// The services that the reports name, and how many of them had to be made.
  private static func services(
    _ input: Input, of supplier: SupplierRow, in context: OperationContext
  ) async throws -> (ids: [ServiceName: Int64], made: Int) {
    let wanted = Set(input.outages.map(\.serviceName))
    let names = Set(wanted.map(\.name)).sorted()
    func found() async throws -> [ServiceName: Int64] {
      let rows = try await context.transaction.query(ServicesByName(supplier: supplier.id, names: names))
      return Dictionary(rows.map { (ServiceName(name: $0.name, region: $0.region, instance: $0.instance), $0.id) }) { first, _ in first }
    }
    let known = try await found()
    let missing = wanted.filter { known[$0] == nil }.sorted()
    guard !missing.isEmpty else { return (known, 0) }
    guard input.createServices else {
      let violations = input.outages.enumerated().filter { known[$0.element.serviceName] == nil }.prefix(20).map { index, report in
        Failure.Violation(path: "outages[\(index)].service", SuppliersMessages.unknownService, ["name": report.name])
      }
      throw Failure(.invalid, KernelMessages.invalidInput, violations: violations)
    }
    context.transaction.enqueue(
      InsertServices(
        supplier: supplier.id, publicIds: missing.map { _ in context.newId(.supplierService) }, names: missing.map(\.name),
        regions: missing.map(\.region), instances: missing.map(\.instance), now: context.now))
    return (try await found(), missing.count)
  }

  /// All in one round trip; the supplier's lock keeps other imports away, the versions everybody else.
  private static func change(_ plan: OutagePlan, in context: OperationContext) async throws {
    guard !plan.changed.isEmpty else { return }
    let updates = plan.changed.map { known, report in
      context.transaction.later(
        UpdateOutage(
          tenant: context.tenant.id, id: known.id, version: known.version, severity: report.severity, startsAt: report.startsAt, endsAt: report.endsAt,
          announcedAt: report.announcedAt, title: report.title, withdrawn: nil, isCorrection: false, now: context.now))
    }
    for (known, _) in plan.changed {
      context.record(
        Event(
          subjectKind: "outage", subject: known.id, seq: known.version + 1, type: "outage.changed",
          payload: .object(["was": OutageOutput.was(known.report)]), occurredAt: context.now))
    }
    try await context.transaction.flush()
    for update in updates where try update.first == nil { throw context.beaten }
  }
}
