/** Short names for the services' types. */

import type { components as C } from "./generated/courses";
import type { components as M } from "./generated/membership";
import type { components as N } from "./generated/notifications";
import type { components as R } from "./generated/reporting";

export type Need = C["schemas"]["NeedView"];
export type Pool = C["schemas"]["PoolView"];
export type Session = C["schemas"]["SessionView"];
export type Booking = C["schemas"]["BookingView"];
export type Topic = C["schemas"]["TopicView"];
export type CourseFormat = C["schemas"]["CourseFormat"];
export type Me = M["schemas"]["Me"];
export type Grant = NonNullable<Me["grants"]>[number];
export type Role = M["schemas"]["Role"];
export type Network = M["schemas"]["NetworkView"];
export type Organisation = M["schemas"]["OrganisationView"];
export type Membership = M["schemas"]["MembershipItem"];
export type Person = M["schemas"]["PersonView"];
export type InboxEntry = N["schemas"]["InboxEntry"];
export type Delivery = N["schemas"]["Delivery"];
export type NetworkFigures = R["schemas"]["NetworkFigures"];
export type Figure = R["schemas"]["FigureView"];
export type Overview = R["schemas"]["Overview"];
export type Call = C["schemas"]["CallView"];
export type Invitation = C["schemas"]["CallInvitationView"];
export type Specification = C["schemas"]["Specification"];
export type SubmitOffer = C["schemas"]["SubmitOffer"];
export type GoReason = C["schemas"]["GoReason"];
