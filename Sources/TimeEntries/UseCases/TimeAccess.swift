import Kernel
import Operations

extension OperationContext {
  /// Whether the caller sees all of the customer's time.
  var reviewsTime: Bool { principal.access(TimeRights.review, honouring: [.listed, .all], at: now)?.reaches(tenant.id) ?? false }

  /// Who may read a customer's tickets, or what else work is done for, may know what was worked on one of them.
  func requireSight(of work: NamedWork) throws(Failure) {
    let (field, permission) = work.sight
    guard work.count > 0 else { throw Failure.invalid(field, TimeEntriesMessages.ticketOrReview) }
    guard principal.access(permission, honouring: [.listed, .all], at: now)?.reaches(tenant.id) ?? false else { throw unknownReference(field) }
  }

  func isOwn(_ row: TimeEntryRow) -> Bool { actor.kind == .staff && row.staff.id == actor.id }

  /// Whose time it is and who recorded it may change it; nobody else does, so that two persons stand behind what is approved. What a
  /// member of staff wrote to correct an entry is his alone: the approver reads his name.
  func requireOwner(_ row: TimeEntryRow) throws(Failure) {
    let isOnlyAuthors = row.corrects != nil && row.isByStaff
    guard isAuthor(row) || isOwn(row) && !isOnlyAuthors else { throw Failure(.denied, TimeEntriesMessages.notOwner) }
  }

  /// What an integration or the local operator wrote might be its keeper's: he would approve his own words. So whose time it is says
  /// that it is true.
  func requireSubmitter(_ row: TimeEntryRow) throws(Failure) {
    guard row.isByStaff || isOwn(row) else { throw Failure(.denied, TimeEntriesMessages.submittedByOwner) }
  }

  private func isAuthor(_ row: TimeEntryRow) -> Bool { row.author.kind == actor.kind.rawValue && row.author.id == actor.id }

  /// An entry that the caller may see.
  func timeEntry(_ id: PublicId) async throws -> TimeEntryRow {
    let found = try await transaction.first(TimeEntryByPublicId(tenant: tenant.id, publicId: id))
    guard let row = found, reviewsTime || isOwn(row) || isAuthor(row) else { throw Failure.notFound }
    return row
  }

  func timeEntryOutput(_ id: PublicId) async throws -> TimeEntryOutput {
    subject(id)
    guard let row = try await transaction.first(TimeEntryByPublicId(tenant: tenant.id, publicId: id)) else { throw Failure.notFound }
    return TimeEntryOutput(row, provider: provider.handle)
  }

  /// The caller's own account, when he is a member of staff.
  var ownStaffId: Int64? { actor.kind == .staff ? actor.id : nil }

  /// Whose time it is: the caller's own, or, for those who review time, somebody else's.
  /// - Parameter isAny: also of who has left.
  func staffOfTime(_ given: PublicId?, isAny: Bool = false) async throws -> StaffRow {
    guard let given else {
      guard let own = ownStaffId, let staff = try await transaction.first(StaffOfTime(provider: provider.id, publicId: nil, id: own, isAny: isAny))
      else {
        throw Failure.invalid("staff", TimeEntriesMessages.staffNeeded)
      }
      return staff
    }
    guard let staff = try await transaction.first(StaffOfTime(provider: provider.id, publicId: given, id: nil, isAny: isAny)) else {
      throw unknownReference("staff")
    }
    guard staff.id == ownStaffId || reviewsTime else { throw Failure.invalid("staff", TimeEntriesMessages.othersTime) }
    return staff
  }

  /// Whose time a list is narrowed to, also of who has left.
  func staffToListBy(_ given: PublicId) async throws -> Int64 {
    let found = try await transaction.first(StaffOfTime(provider: provider.id, publicId: given, id: nil, isAny: true))
    guard let found else { throw unknownReference("staff") }
    return found.id
  }

  func workType(_ code: String) async throws -> TimeCodeRow {
    guard let row = try await transaction.first(TimeCodeByCode(kind: .workType, code: code)), row.isActive else {
      throw Failure.invalid("workType", TimeEntriesMessages.unknownWorkType, ["code": code])
    }
    return row
  }

  func namedRateClass(_ code: String) async throws -> Int64 {
    guard let row = try await transaction.first(TimeCodeByCode(kind: .rateClass, code: code)), row.isActive, row.use == .named else {
      throw Failure.invalid("rateClass", TimeEntriesMessages.unknownRateClass, ["code": code])
    }
    return row.id
  }

  /// The first day of the customer that is open; no month is closed until the transaction ends.
  func firstOpenDay() async throws -> CalendarDate {
    transaction.enqueue(InsertBook(tenant: tenant.id))
    guard let day = try await transaction.first(HoldBook(tenant: tenant.id)) else { throw beaten }
    return day
  }

  /// An event, which names its subject and tells nothing else.
  func noteTime(_ kind: String, _ row: Int64, _ seq: Int64, _ type: String, _ id: PublicId) {
    record(Event(subjectKind: kind, subject: row, seq: seq, type: type, payload: .object(["id": .id(id)]), occurredAt: now))
  }
}
