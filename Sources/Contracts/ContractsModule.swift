import Kernel
import Operations
import Renewals
import ServiceTime

/// What was promised (合同与服务级别): calendars and SLA definitions of the provider, contracts and lines of a customer.
package enum ContractsModule: OperationModule {
  package static let operations: [any Operation.Type] = [
    CreateCalendar.self, ReadCalendar.self, ListCalendars.self, ReviseCalendar.self, WithdrawCalendarVersion.self, TryCalendar.self,
    CreateHolidaySet.self, ReadHolidaySet.self, ListHolidaySets.self, ReviseHolidaySet.self, HolidaySetDue.self, RollOutHolidaySet.self,
    CreateSla.self, ReadSla.self, ListSlas.self, ReviseSla.self, WithdrawSlaVersion.self, RetireSla.self, RestoreSla.self, ExplainSla.self,
    ResolveTargets.self, SetCiTier.self, ListCiTiers.self,
    CreateContract.self, ReadContract.self, ListContracts.self, ChangeContract.self, ContractHistory.self,
    CompareContract.self, WithdrawContractVersion.self,
    AddContractLine.self, ReviseContractLine.self, ActivateContractLine.self, EndContractLine.self, ListContractLines.self,
    WithdrawLineVersion.self,
    AddContact.self, EndContact.self, ListContacts.self,
    ReadRenewal.self, ListRenewals.self, DecideRenewal.self, SnoozeRenewal.self, CompleteRenewal.self, ReadRenewalRate.self,
    CreateTemplate.self, ReadTemplate.self, ListTemplates.self, ReviseTemplate.self,
    ScheduleSweep.self, UnscheduleSweep.self,
  ]

  package static let messages =
    ContractsMessages.all + DifferenceWords.all + CalendarWordMessages.all + ResolutionWords.all + HolidaySetMessages.all + RenewalMessages.all
    + ServiceTimeMessages.all + ICalendarMessages.all + SweepScheduleMessages.all

  package static let constraints: [String: Message] = [
    "calendar_name_unique": ContractsMessages.calendarNameTaken,
    "holiday_set_name_unique": HolidaySetMessages.nameTaken,
    "sla_name_unique": ContractsMessages.slaNameTaken,
    "contract_template_name_unique": ContractsMessages.templateNameTaken,
  ]
}

/// The permissions of the module and who holds them in a new installation.
enum Rights {
  static let managers: Set<StockRole> = [.administrator, .accountManager]
  static let staff: Set<StockRole> = [.administrator, .accountManager, .engineer, .finance]
  static let staffAndCustomerManager: Set<StockRole> = staff.union([.customerManager])
}
