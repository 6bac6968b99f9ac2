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
  func count(_ row: CiRow, _ change: FieldChange, _ what: String) async throws {
    keep(try await count([row], what).map { CiChange(ci: row.id, seq: $0, change: change) })
  }

  /// Counts changes that stand beside CIs, each with its event; a CI may stand there several times.
  /// - Returns: the versions that they make.
  private func count(_ rows: [CiRow], _ what: String) async throws -> [Int64] {
    var counted: [Int64: (was: Int64, became: Int64)] = [:]
    var versions: [Int64] = []
    for row in rows {
      let version = (counted[row.id]?.became ?? row.version) + 1
      counted[row.id] = (was: row.version, became: version)
      versions.append(version)
    }
    let cis = counted.sorted { $0.key < $1.key }.map { (ci: $0.key, was: $0.value.was, became: $0.value.became) }
    guard try await transaction.query(CountCiChanges(tenant: tenant.id, counted: cis)).count == cis.count else { throw beaten }
    for (row, version) in zip(rows, versions) { note("ci", row.id, version, what, id(.ci, row.publicId)) }
    return versions
  }

  /// Writes relations, with the histories of both ends; the left one's version counts them.
  /// - Returns: false when one of them is there already.
  func relate(_ relations: [CiRelation]) async throws -> Bool {
    let inserted = try await transaction.query(InsertRelations(tenant: tenant.id, relations: relations.map(\.rows), now: now))
    guard inserted.count == relations.count else { return false }
    let versions = try await count(relations.map(\.from), "related")
    keep(
      zip(relations, versions).flatMap { relation, version in
        [
          CiChange(ci: relation.from.id, seq: version, change: FieldChange("relation", was: .null, became: told(relation, isLeft: true))),
          CiChange(ci: relation.to.id, seq: nil, change: FieldChange("relation", was: .null, became: told(relation, isLeft: false))),
        ]
      })
    return true
  }

  /// A relation as the history of one of its ends tells it.
  func told(_ relation: CiRelation, isLeft: Bool) -> Value {
    let words = isLeft ? relation.kind.words.forward : relation.kind.words.inverse
    let other = isLeft ? relation.to : relation.from
    return .object(["kind": .text(relation.kind.rawValue), "words": .text(words.english), "ci": .id(id(.ci, other.publicId))])
  }

  /// Writes from which day on contract lines cover CIs.
  func cover(_ coverages: [NewCoverage]) async throws {
    let versions = try await count(coverages.map(\.ci), "covered")
    keep(
      zip(coverages, versions).map { coverage, version in
        CiChange(ci: coverage.ci.id, seq: version, change: FieldChange("coverage", was: told(coverage.was), became: told(coverage.becomes)))
      })
    let rows = zip(coverages, versions).map { (ci: $0.ci.id, coverage: $0.becomes, seq: $1) }
    _ = try await transaction.query(InsertCoverages(tenant: tenant.id, coverages: rows, now: now))
  }

  private func told(_ coverage: Coverage?) -> Value {
    guard let coverage else { return .null }
    return .object(["line": .id(coverage.line.map { id(.coveringLine, $0.bits) }), "validFrom": .date(coverage.validFrom)])
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
