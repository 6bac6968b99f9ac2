import Catalog
import Contracts
import Kernel
import Operations
import Tenancy

/// What the operations on handbooks share.
extension OperationContext {
  /// The day for the provider.
  var day: CalendarDate { provider.day(at: now) }

  /// By which day an edition that was published or looked through today must be looked through again.
  func reviewDay(of content: HandbookContent) -> CalendarDate { day.adding(months: content.reviewEveryMonths) ?? day }

  func handbook(_ id: PublicId) async throws -> HandbookRow {
    guard let row = try await transaction.first(HandbookByPublicId(publicId: id)) else { throw Failure.notFound }
    return row
  }

  /// - Parameter seq: nil: the newest, if there is one.
  func edition(_ seq: Int64?, of row: HandbookRow, path: String = "edition") async throws -> EditionRow? {
    guard let wanted = seq ?? row.newestSeq else { return nil }
    guard let newest = row.newestSeq else { throw Failure.invalid(path, HandbookMessages.notPublished) }
    let found = wanted <= newest ? try await transaction.first(Editions(handbook: row.id, before: wanted + 1, limit: 1)) : nil
    guard let found, found.seq == wanted else {
      throw Failure.invalid(path, HandbookMessages.noEdition, ["edition": String(wanted), "newest": String(newest)])
    }
    return found
  }

  func handbookRecord(_ id: PublicId, edition seq: Int64? = nil) async throws -> HandbookRecord {
    subject(id)
    let row = try await handbook(id)
    let newest = try await edition(nil, of: row)
    let shown = seq == nil || seq == newest?.seq ? newest : try await edition(seq, of: row)
    // What this version cannot read is shown as it is stored.
    let draft = HandbookContent.ifReadable(row.draft)
    let contents = (newest.flatMap { HandbookContent.ifReadable($0.content) }, shown.flatMap { HandbookContent.ifReadable($0.content) })
    let people = [draft, contents.0, contents.1].compactMap(\.self).flatMap(\.people).map(\.person)
    let staff = try await staffBook(people)
    var told: Set<PublicId> = []
    let gaps = HandbookGap.gaps(
      of: newest == nil ? draft : contents.0, reviewDueOn: row.reviewDueOn, today: day, staff, for: OwnedProcess(rawValue: row.process))
    return HandbookRecord(
      id: id, row: row, edition: shown, isChanged: newest.map { $0.content != row.draft && contents.0 != draft } ?? true,
      people: people.filter { told.insert($0).inserted }.map { HandbookPerson(id: $0, name: staff.name($0), isActive: staff.isActive($0)) },
      gaps: gaps.map { GapOutput(gap: $0, text: $0.text(language, staff)) })
  }

  func staffBook(_ people: [PublicId]) async throws -> StaffBook {
    StaffBook(
      try await transaction.query(
        StaffByPublicIds(
          provider: provider.id, publicIds: Array(Set(people.map(\.random))), permissions: OwnedProcess.allCases.map(\.permission), now: now)))
  }

  /// What holds in a process now, beside its handbook. A module that publishes more of it is asked here.
  func inForce(_ process: HandbookProcess) async throws -> HandbookInForce {
    let codes = process.codeLists.isEmpty ? [] : try await transaction.query(CodesInForce(lists: process.codeLists))
    let priorities = process.hasPriorities ? try await transaction.query(PrioritiesInForce()) : []
    var gates: [HandbookInForce.Gate] = []
    if !process.gatedSteps.isEmpty {
      gates = try await transaction.query(GatesInForce(prefixes: process.gatedSteps, now: now)).compactMap { found in
        guard let asks = found.asks else { return nil }
        return HandbookInForce.Gate(
          id: id(.gateInForce, found.publicId).description, step: found.step, priority: found.priority, name: found.name, purpose: found.purpose, asks: asks)
      }
    }
    return HandbookInForce(codes: codes, priorities: priorities, gates: gates, rules: try await rulesInForce(process))
  }

  /// Writes a handbook, with its event.
  func save(_ update: UpdateHandbook, of row: HandbookRow, _ what: String) async throws {
    guard let version = try await transaction.first(update) else { throw beaten }
    noteHandbook(row.id, version, what, id(.handbook, row.publicId))
  }

  /// An event of the provider's, which names its subject and tells nothing else.
  func noteHandbook(_ row: Int64, _ seq: Int64, _ what: String, _ id: PublicId) {
    record(Event(subjectKind: "handbook", subject: row, seq: seq, type: "handbook.\(what)", payload: .object(["id": .id(id)]), occurredAt: now))
  }
}

extension HandbookRow {
  /// The table admits no other.
  var known: HandbookProcess {
    get throws(Failure) {
      guard let known = HandbookProcess(rawValue: process) else {
        throw Failure(.internal, OperationMessages.internalFault, debug: "a handbook of an unknown process: \(process)")
      }
      return known
    }
  }
}
