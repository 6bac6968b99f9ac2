import Kernel
import Operations
import Tenancy

/// What the operations on CIs share.
extension OperationContext {
  /// Whether the caller may know what things cost here.
  var seesCosts: Bool { holds(ReadCiCost.declaration.permission) }

  var setsCosts: Bool { holds(SetCiCost.declaration.permission) }

  /// Whether the caller may know the contracts here, of which a line covers a CI.
  var seesContracts: Bool { principal.access("contract.read", honouring: AssetRights.wholeCustomer, at: now)?.reaches(tenant.id) ?? false }

  private func holds(_ permission: String) -> Bool {
    principal.access(permission, honouring: [.listed, .all], at: now)?.reaches(tenant.id) ?? false
  }

  /// A CI that the caller may see.
  func ci(_ id: PublicId, path: String = "id") async throws -> CiRow {
    guard let row = try await transaction.first(CiByPublicId(tenant: tenant.id, scope: access.rows, publicId: id)) else {
      throw path == "id" ? Failure.notFound : unknownReference(path)
    }
    return row
  }

  func ciDetail(_ id: PublicId) async throws -> CiDetail {
    subject(id)
    let row = try await ci(id)
    let (coverage, types) = try await transaction.query(
      CoverageOfCi(tenant: tenant.id, ci: row.id, now: now), CiTypesByCode(codes: [row.typeCode]))
    let lines = !seesContracts ? [] : coverage.map { found in CiDetail.Coverage(line: found.line.map { self.id(.coveringLine, $0) }, found: found) }
    return CiDetail(ci: CiOutput(row, in: self), coverage: lines, findings: try types.first?.rule().findings(in: row.content.attributes) ?? [])
  }

  func type(_ code: String, path: String) async throws -> CiTypeRow {
    guard let row = try await transaction.first(CiTypesByCode(codes: [code])) else {
      throw Failure.invalid(path, AssetsMessages.unknownType, ["type": code])
    }
    return row
  }

  func tier(_ code: String) async throws -> String {
    guard try await transaction.query(ActiveTiers()).contains(code) else { throw Failure.invalid("ciTier", AssetsMessages.unknownTier, ["tier": code]) }
    return code
  }

  func service(_ code: String) async throws -> CiContent.Service {
    guard let found = try await transaction.first(ServicesOfCodes(codes: [code], tenant: tenant.id)) else {
      throw Failure.invalid("service", AssetsMessages.unknownService, ["service": code])
    }
    return found
  }

  /// The fields of a CI as its history tells them: other rows by their public ids.
  func told(_ content: CiContent) -> [(field: String, value: Value)] {
    let facts: [(field: String, value: Value)] = [
      ("name", .text(content.name)), ("state", .text(content.state.rawValue)), ("owner", .id(content.owner.map { id(.person, $0.bits) })),
      ("unit", .id(content.unit.map { id(.unit, $0.bits) })), ("ciTier", .text(content.tier)), ("service", .text(content.service?.code)),
      ("serial", .text(content.serial)), ("assetTag", .text(content.assetTag)), ("warrantyUntil", .date(content.warrantyUntil)),
      ("cost", .text(content.cost?.description)),
    ]
    return facts + content.attributes.sorted { $0.key < $1.key }.map { (field: "attributes.\($0.key)", value: $0.value) }
  }

  /// Writes what changed of a CI, with its history and event.
  /// - Parameter what: the event: changed, moved, confirmed, priced. Who prices a CI has not seen it.
  func save(_ row: CiRow, as content: CiContent, _ what: String) async throws {
    let changes = FieldChange.between(told(row.content), told(content))
    let updated = try await transaction.first(
      UpdateCi(tenant: tenant.id, id: row.id, version: row.version, content: content, confirmedAt: what == "priced" ? nil : now))
    guard let version = updated else { throw beaten }
    keep(changes.map { CiChange(ci: row.id, seq: version, change: $0) })
    note("ci", row.id, version, what, id(.ci, row.publicId))
  }

  /// Counts a change that stands beside the CI.
  /// - Returns: the version that it makes.
  @discardableResult
  func count(_ row: CiRow, _ change: FieldChange, _ what: String) async throws -> Int64 {
    guard let version = try await transaction.first(CountCiChange(tenant: tenant.id, id: row.id, version: row.version)) else { throw beaten }
    keep([CiChange(ci: row.id, seq: version, change: change)])
    note("ci", row.id, version, what, id(.ci, row.publicId))
    return version
  }

  /// Adds to the history.
  func keep(_ changes: [CiChange]) {
    guard !changes.isEmpty else { return }
    transaction.enqueue(InsertCiChanges(tenant: tenant.id, changes: changes, principal: principal, now: now))
  }

  /// An event, `ci.changed`, which names its subject and tells nothing else: what changed stands in the history.
  func note(_ kind: String, _ row: Int64, _ seq: Int64, _ what: String, _ id: PublicId) {
    record(Event(subjectKind: kind, subject: row, seq: seq, type: "\(kind).\(what)", payload: .object(["id": .id(id)]), occurredAt: now))
  }

  /// The day that it is now where the tenant keeps its days, as exactly as a warranty or a contract's first day needs: in UTC.
  var today: CalendarDate { now.utcDay }
}
